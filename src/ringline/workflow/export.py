"""Whether a definition could go back to Roboflow (language rule R12)."""

from __future__ import annotations

from collections.abc import Mapping

from ringline.workflow.plan import Plan

_OURS = ("defaults", "triggers", "variables")


def roboflow_obstacles(plan: Plan) -> list[str]:
    """What keeps the definition from running in Roboflow's engine, a sentence each; empty when nothing does."""
    data = plan.document.data
    obstacles = [f"`{key}` is a key of Ringline's." for key in _OURS if data.get(key)]
    if not isinstance(data["version"], str):
        obstacles.append(f"`version` is the number {data['version']}, and Roboflow takes text: put it in quotes.")
    written = {step["name"]: step for step in data["steps"] if isinstance(step, Mapping)}
    for step in sorted(plan.steps, key=lambda step: step.index):
        if not step.spec.is_roboflow:
            obstacles.append(f"The step `{step.name}` uses `{step.type}`, which Roboflow does not have.")
            continue
        for key in written.get(step.name, {}):
            if key in step.option_keys:
                obstacles.append(f"The step `{step.name}` uses `{key}`, which Roboflow ignores.")
    return obstacles
