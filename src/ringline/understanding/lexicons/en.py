"""English."""

from __future__ import annotations

import re

from ringline.understanding.lexicons.lexicon import Cue, Lexicon, phrases, words

_CUES: dict[str, Cue] = {
    **phrases(
        "yes",
        """sure do, sure am, sure will, sure can, sure did, sure is, sure enough, sure i do, sure i can,
        uhhuh, by all means, you got it, you know it, i would love to, id love to, yes, y, ya, yah, yas, yass,
        yaas, yea, yeah, yeh, yep, yepp, yup, yupp, yessir, yes sir, yes maam, "         " aye,  sure,
        sure thing, for sure, of course, ofc, obviously, certainly, definitely, def, absolutely, totally,
        indeed, affirmative, you bet, u bet, bet, no problem, no prob, np, no doubt, no worries, not a problem,
        why not, sounds good, sounds great, works for me, that works, will do, i will be there, ill be there,
        be there, count me in, i can make it, we can make it, im coming, im in, see you then, see you there,
        see u then, i agree, agreed, confirmed, i confirm, cant wait, happy to, love to, go ahead, please do,
        lets do it, 👍, 👌, ✅, ✔, 💯, 🙌, 🆗, ☑""",
    ),
    **phrases(
        "no",
        """nuhuh, not particularly, not especially, not specifically, not as such,
        not so much, not that i know of, not to my knowledge, not a chance, no chance, hard pass,
        i dont believe so, not exactly, not quite, not necessarily, i would rather not, id prefer not to, no,
        n, nope, nop, nah, naw, nay, no thanks, no thank you, no way, no sir, hell no, not really, not at all,
        im afraid not, i am afraid not, not yet, not now, not today, not this time, not anymore, never,
        not on your life, not in a million years, over my dead body, negative, i dont think so, dont think so,
        do not think so, i think not, i doubt it, doubt it,
        rather not, id rather not, cant make it, can not make it, cannot make it, wont make it, wont be there,
        will not be there, wont be able, not able to, not going to make it, thats not right, thats not correct,
        thats wrong, that is wrong, thats incorrect, doesnt work, does not work, wont work, not interested,
        count me out, im out, not coming, dont bother, no need, 👎, ❌, ✖, 🚫, 🙅""",
    ),
    **phrases(
        "weak_yes",
        """k, kk, ok, okay, okey, okie, okie dokie, okey dokey, okey doke, alright, all right, right, thats right,
        that is right, correct, thats correct,
        that is correct, true, good, great, fine, perfect, cool, deal, done, gladly, i do, i am, i can, i will,
        i have,
        i did, we do, we are, we can, we will, it is, it does, works, i would, please""",
    ),
    **phrases(
        "weak_no",
        """i dont, i do not, i cant, i cannot, i can not, i wont, i will not, im not, i am not, i havent, i didnt,
        i wouldnt, we dont, we cant, we wont, we are not, were not, it isnt, it is not, it doesnt, it wasnt, wrong,
        incorrect, false, not, unfortunately not, afraid not, sorry""",
    ),
    **phrases(
        "hedged_yes",
        (
            "im sure, i am sure, im certain, i am certain, i believe so, i should think so, as far as i know, "
            "i think so, i guess so, i guess, i "
            "suppose, i suppose so, probably, i hope so, likely, most likely"
        ),
    ),
    **phrases("hedged_no", "probably not, i guess not, i suppose not, unlikely, not likely, i hope not"),
    **phrases("maybe", "maybe, perhaps, possibly, might, i might, we might, could be"),
    **phrases(
        "dont_know",
        """i couldnt tell you, couldnt tell you, beats me, let me think, let me check, i dont know, i do not know,
        dont know, idk, dunno, i dunno, no idea, no clue, not sure, unsure, not certain, im not sure,
        i am not sure, depends, it depends, that depends, cant say, cant tell, hard to say, undecided, 🤷, 🤔""",
    ),
}

LEXICON = Lexicon(
    numbers="en",
    silence=words("um umm uh uhh er err erm eh hm hmm m mm ah oh"),
    politeness=words("please pls plz thanks thank you thx ty tysm kindly hi hello hey well so then just sir maam"),
    cues=_CUES,
    edge=words("sure"),
    negations=words(
        "not dont doesnt didnt isnt arent wasnt werent cant cannot couldnt wont wouldnt shouldnt havent hasnt aint"
        " never neither nor"
    ),
    corrections=re.compile(
        r"[\s,.;…-]*\b(?:no,? wait|wait,? no|no,? hang on|no,? hold on|hang on|hold on|my mistake|my "
        r"bad|strike that|i misspoke|no,? i mean|i mean|or rather|sorry,? i meant?|i meant|scratch "
        r"that"
        r"|correction"
        r"|oops|no,? actually|actually|make (?:that|it)|on second thought|sorry|wait)\b[\s,.;:…-]*"
    ),
    bare_correction=re.compile(r"[\s,.;…-]+\b(?:no|nope|rather)\b[\s,.;…-]+"),
    modifiers=words("but except unless only if"),
    dont_know=re.compile(
        r"\b(?:havent (?:a|got a) clue|couldnt say|who knows|your guess is as good|(?:have|need|got) "
        r"to (?:think|check|ask)|let me (?:think|check)|(?:cant|couldnt) tell"
        r"(?: you)?|beats me|i (?:really |still )?(?:dont|do not) (?:really )?(?:know|remember|recall)|dont "
        r"know|idk"
        r"|i?dunno|no idea"
        r"|no clue|not (?:really |too |quite )?(?:sure|certain)|unsure|cant (?:remember|recall|say"
        r"|tell|decide)|forgot"
        r"|(?:it |that )?depends|undecided|hard to say)\b|🤷|🤔"
    ),
    refused=re.compile(
        r"\b(?:(?:thats|that is|its) (?:too )?(?:personal|confidential)|mind your own business|not "
        r"(?:your|ur) business|not comfortable (?:answering|sharing|saying|telling)|(?:id |i would "
        r")?(?:rather|prefer) not(?: to)? (?:say|answer|tell|share|give|discuss"
        r"|disclose)|none of (?:your|ur) business"
        r"|no comment|(?:i )?(?:wont|will not|refuse to|dont want to|do not want to) "
        r"(?:say|answer|tell|share|give(?! (?:up|in)\b))|not telling"
        r"|thats private)\b"
    ),
    meta={
        "repeat": re.compile(
            r"(?:sorry |pardon |wait )?(?:what|huh|what was that|what did you say|how was that)|i (?:didnt"
            r"|did not) (?:get|hear|catch) (?:that|it|you|the question)|"
            r"what|huh|pardon(?: me)?|excuse me|come again|say (?:that |it )?again|again|repeat(?: (?:that|it"
            r"|the question))?"
            r"|(?:can|could|would) you (?:repeat|say) (?:that|it|the question)(?: again)?|what did you (?:say|ask)"
            r"|what was (?:that|the question)|i didnt (?:hear|catch) (?:that|you)"
            r"|(?:what|which) (?:were|are) (?:the|my) (?:choices|options)(?: again)?|one more time|sorry"
        ),
        "slower": re.compile(r"slower|slow down|more slowly|(?:can|could) you (?:speak |go )?(?:slower|slow down)"),
        "help": re.compile(
            r"i (?:dont|do not|didnt|did not) (?:quite |really )?(?:understand|get)(?: (?:the question"
            r"|what you mean|what you are asking|what youre asking|that|it|you))?|(?:can|could) you "
            r"explain(?: (?:that|the question))?|"
            r"help(?: me)?|info|i need help|what do you mean(?: by (?:that|this))?|what does (?:that|this"
            r"|it) mean|i (?:dont"
            r"|do not) (?:understand|get it)"
            r"|what is this(?: about)?|whats this(?: about)?|who is this|who are you|whos this"
            r"|what are my options|options"
        ),
        "operator": re.compile(
            r"(?:(?:i want|i need|i would like|id like|get me|give me|can i have|can i get) )?"
            r"(?:an? |the )?(?:real |live |human )?(?:agent|operator|human|human being|person|representative"
            r"|rep|receptionist)"
            r"|customer (?:service|support)|someone real"
        ),
        "skip": re.compile(
            r"(?:can i |could i |can we |lets |i want to |id like to )(?:skip|pass)(?: (?:it|this|that"
            r"|the))?(?: (?:one|question))?|(?:go to |on to )?(?:the )?next question|"
            r"skip(?: (?:it|this|that))?(?: (?:one|question))?|pass|next(?: (?:one|question))?"
        ),
        "back": re.compile(
            r"(?:can (?:i|we) |lets |i want to )?go back(?: (?:one|a|to the (?:previous|last))? "
            r"?(?:question|step|one)?)?|"
            r"(?:go )?back|previous(?: (?:one|question))?|go to the previous question|undo"
        ),
        "stop": re.compile(
            r"(?:please )?stop (?:calling|texting|messaging|bothering) me|(?:i dont want to|i do not want "
            r"to) continue|"
            r"stop(?: (?:it|this|now))?|quit|end|hang up|end (?:the )?(?:call|chat)|leave me alone"
        ),
        "hold": re.compile(
            r"(?:(?:hold on|hang on|wait) )?(?:let me (?:see|look|check) )?(?:just )?(?:a|one) (?:moment|minute"
            r"|second|sec)|"
            r"(?:hold on|hang on|wait)(?: (?:for )?(?:just )?(?:a|one) (?:moment|minute|second|sec))?"
            r"|(?:give me )?(?:just )?(?:a|one) (?:moment|minute|second|sec)|brb"
        ),
    },
    meta_within={
        "repeat": re.compile(
            r"\b(?:(?:can|could|would|will) you (?:please )?(?:repeat|say) (?:that|it|this|the \w+)(?: "
            r"(?:again|one more time|once more))?"
            r"|(?:hear|have|give me|what are) (?:the|my) (?:options|choices|question) "
            r"(?:again|one more time|once more)"
            r"|(?:say|repeat) (?:that|it|the question) (?:again|one more time|once more)|(?:didnt|couldnt"
            r"|cant) (?:quite |really )?(?:hear|catch) (?:that|you|it))\b"
        ),
        "slower": re.compile(
            r"\b(?:speak|talk|go|(?:say|repeat|ask|read)(?: (?:that|it|this|again|the question))*) "
            r"(?:a (?:little|bit|little bit) )?(?:slower|more slowly)\b"
            r"|\bslow down\b"
        ),
        "operator": re.compile(
            r"\b(?:talk|speak|chat|connect me|transfer me|put me through) (?:to|with) (?:an? |the "
            r"|some )?(?:real |live |human )?"
            r"(?:person|human|someone|somebody|agent|representative|rep|operator|manager|people)\b"
        ),
    },
    hedges=words("maybe perhaps probably guess think possibly might suppose"),
    approximations=words("about around roughly approximately approx almost nearly ish least most over under so"),
    zero=re.compile(
        r"\b(?:have no (?!idea|clue|way|problem|preference|opinion)\w+|none|nothing|nil|nada|zilch"
        r"|nobody|no ?one|(?:dont|do not|doesnt) have any|havent (?:got )?any"
        r"|not (?:any|a single one|even one|a single|one$)|(?:dont|do not|doesnt) have (?:kids|children|pets)"
        r"|no (?:kids|children|pets|people|guests|dependents))\b"
    ),
    minus=words("minus negative"),
    half=words("half"),
    quarter=words("quarter quarters"),
    amounts={"dozen": 12, "couple": 2, "pair": 2, "once": 1, "twice": 2, "thrice": 3},
    multiples={"dozen": 12, "dozens": 12},
    joints=frozenset({"and a", "and", "a"}),
    scales={
        "k": 1000,
        "hundred": 100,
        "thousand": 1000,
        "million": 1_000_000,
        "m": 1_000_000,
        "billion": 1_000_000_000,
    },
    of_total=re.compile(r"\s*(?:/|\bout of\b|\bof\b)\s*(?:the |a )?$"),
    not_numbers=words("o oh a an"),
    pronoun=words("one ones"),
    ordinal_frame=words("option number no choice answer the one ill take go with want id like i choose pick a an for"),
    last=words("last final"),
    both=re.compile(r"(?:both|all|either|any|all of (?:them|the above)|both of them|any of them|either one|whichever)"),
    neither=re.compile(r"(?:neither|none|none of (?:them|these|those|the above)|neither of them|nothing)"),
    stopwords=words(
        "a an the to of for in on at by and or with from is are am was be been it its this that these those i"
        " im id ill my me"
        " we our you your u can could would will should do does did not no yes please want need like have has"
        " had get got"
        " one option number choice please pls thanks"
    ),
    not_counted=re.compile(
        r"\b(?:this|that|other|another|which|any|some|every|each|good|bad|hard|tough) one\b"
        r"|\bnot (?:even|a single|even a single) one\b"
    ),
    possessives=words("my our the your his her"),
    told_apart=(
        re.compile(
            r"\b(?:(uh[ -]?huh|m+[ -]?h+m+)|(?<=point )(ohs?|o)|(?<=(?:st|nd|rd|th) )(1)|uh[ -]uh|nuh[ -]uh"
            r"|unh[ -]unh)\b"
        ),
        lambda heard: "uhhuh" if heard[1] else "zero" if heard[2] else "one" if heard[3] else "nuhuh",
    ),
    sentences=(
        (
            re.compile(r"\b(?:no wonder|never (?:been )?better|never ?mind|not only|no matter|not to mention)\b"),
            "neither",
        ),
        (re.compile(r"\b(?:(?:dont|cant|do not) see why not|y not)\b"), "yes"),
        (
            re.compile(
                r"\bnot (?:so|too|very|really|quite|entirely|completely|totally|100|exactly|that) (?:\w+ "
                r")?(?:sure|certain)\b.*"
            ),
            "dont_know",
        ),
        (re.compile(r"\b(?:love|like|happy|glad) to(?: \w+)* but\b.*\b(?:cant|cannot|wont|not|unable)\b.*"), "no"),
        (
            re.compile(
                r"\b(?:i|we) (?:dont|do not) (?:think|believe) (?:so\b.*|(?:i|we|that|thats|it|its|thatll|itll|this)\b"
                r"(?!.*\b(?:any|no|not|problem|matters?|issue)\b).*)"
            ),
            "no",
        ),
        (re.compile(r"\b(?:i|we) (?:cant|cannot|can not|wont|will not)(?: today| now| then| right now)?$"), "no"),
        (
            re.compile(r"\b(?:wouldnt|cant|couldnt|wont|dont|didnt|never) (?:really |exactly )?(?:say|said) no\b"),
            "hedged_yes",
        ),
        (re.compile(r"\bdont mind if i do\b"), "yes"),
        (re.compile(r"\byeah (?:no|nah)\b(?! (?:problem|prob|worries|doubt|objection))"), "no"),
        (re.compile(r"\b(?:no ?one|nobody)\b"), "hedged_no"),
        (
            re.compile(
                r"^(?:thats|that is|its|it is|that sounds|it sounds|(?:that|it|this)(?:ll| will|d| would) be)"
                r"(?: all| totally| perfectly| absolutely| just| really| so)?"
                r" (?:fine|good|great|ok|okay|cool|perfect|alright|lovely|wonderful|awesome|amazing|fantastic|nice"
                r"|helpful|ideal)(?: (?:with|by|for|to) (?:me|us))?$"
                r"|^(?:fine|good|ok|okay|great|cool|alright) (?:with|by|for) (?:me|us)$"
                r"|^all (?:good|fine|ok|okay)$|^(?:thats an? )?(?:good|great|nice|excellent) idea$"
            ),
            "yes",
        ),
        (
            re.compile(
                r"\b(?:no|(?:dont|do not) (?:have|see) (?:any|an?)) (?:problem|objection|issue)s? "
                r"(?:with|to) (?:that|this|it)\b"
            ),
            "yes",
        ),
        (
            re.compile(
                r"^not (?:at (?:this|the) (?:time|moment|point)|right now|just now|for now|for me|any ?more|again"
                r"|this (?:week|month|year|morning|afternoon|evening)|interested|in the (?:least|slightest))\b"
            ),
            "no",
        ),
        (re.compile(r"^(?:maybe |perhaps )?(?:some other|another) (?:time|day)\b"), "hedged_no"),
    ),
    paired_years=True,
    between=words("between"),
    conjunctions=words("and"),
    alternatives=words("or"),
    articles=words("one once"),
    counted=words(
        "person child kid son daughter year time day night hour month week minute adult brother "
        "sister dog cat car ticket guest"
    ),
    declined=re.compile(
        r"\b(?:(?:i |we )(?:cant|cannot|can not|wont|dont want)\b|(?:doesnt|does not|wont|will not) "
        r"(?:work|suit|do|fit)\b"
        r"|(?:isnt|is not|is no) (?:good|possible|an option|convenient)\b|not$|no$|no thanks$|is out$"
        r"|(?:is|are|was) (?:the worst|(?:my )?least|awful|terrible|horrible|ugly|disgusting)\b)"
    ),
    idioms=re.compile(
        r"\b(?:square one|cloud nine|whole nine yards|forty winks|sixes and sevens|catch twenty[ -]two"
        r"|to the nines|(?:my|your) two cents|on all fours|high five|nine lives|seventh heaven"
        r"|third degree|first aid|eleventh hour|one on one|one by one|one size fits all"
        r"|one way or another|one of (?:the|these|those|my|our|them)|for one thing|zero tolerance"
        r"|twenty[ -]four seven|two peas|(?:on )?second thoughts?|second (?:nature|hand|guess|wind))\b"
    ),
    open_ended=re.compile(
        r"\b(?:(?:more|less|fewer|greater|higher|lower|longer|shorter|older|younger|bigger|smaller) than"
        r"|over|under|above|below|at least|at most|up to)\s*$"
    ),
    excepting=re.compile(
        r"\b(?:except|besides|excluding|other than|apart from|(?:any|every"
        r"|all)\w*(?: \w+)? but)(?: for)?(?: the| an?)?$"
    ),
    reported=re.compile(
        r"\b(?:(?:my|his|her|the|our|your|their) \w+|he|she|they|everyone|everybody|someone|somebody"
        r"|people) (?:just |always |also |all )?(?:said|says|say|told|tells|thinks?|thought)\b"
    ),
    unwilling=re.compile(
        r"(?:no )?(?:(?:id|i would|i had|i) )?(?:really |much )?(?:rather|prefer) not(?: to)?"
        r"|(?:no )?i (?:dont|do not) (?:really )?(?:want|wish|care) to"
    ),
    loose=words("couple odd something"),
)
