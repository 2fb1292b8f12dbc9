import sys, random, asyncio
from pathlib import Path
import kill.lane as L
from kill.stories import STORIES
from kill.troubles import TROUBLES
from kill.points import Strike
from ringline.database import open_database
folder=L.fresh_folder(); template=folder/"t.db"
async def mk():
    o=await open_database(f"sqlite:///{template}"); await o.close()
asyncio.run(mk())
from kill.warm import warm_up
warm_up(L.copied(template, folder), folder/'home')
lane=L.Lane(lambda: L.copied(template, folder), 1, folder/"home")
for f in STORIES:
    story=f(random.Random(1))
    if len(sys.argv)>1 and sys.argv[1] not in story.name: continue
    for i in range(2):
        o,e=lane.tell(L.Case("sqlite",story.name,"none","1"), f(random.Random(1)), TROUBLES[0], None)
        print(story.name, round(o.seconds,2), round(o.passed), o.failures, sum(o.counts.values()), flush=True)
        if e: print("   ", e.runs()[:2], {k:v for k,v in list(e.received().items())[:2]})
lane.close()
import os; os._exit(0)
