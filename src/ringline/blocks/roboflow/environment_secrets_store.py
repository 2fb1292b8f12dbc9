"""`roboflow_core/environment_secrets_store@v1`: secrets out of the environment, kept out of the definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from ringline.blocks.roboflow.base import RoboflowManifest
from ringline.workflow.block import Block, Manifest, Output


def _without_clash(names: list[str]) -> list[str]:
    lowered = [name.lower() for name in names]
    clash = next((name for name in names if lowered.count(name.lower()) > 1), None)
    if clash is not None:
        raise ValueError(f"`{clash}` is named twice: outputs are the names in small letters")
    return names


class EnvironmentSecretsStoreManifest(RoboflowManifest):
    """Reads secrets from environment variables."""

    type: Literal["roboflow_core/environment_secrets_store@v1"]
    variables_storing_secrets: Annotated[list[str], AfterValidator(_without_clash)] = Field(
        description="Names of the variables; each is an output of the step, in small letters."
    )


class EnvironmentSecretsStore(Block):
    """A variable that is not set is None."""

    manifest: ClassVar[type[Manifest]] = EnvironmentSecretsStoreManifest
    title = "Environment secrets"
    icon = "key-round"

    def __init__(self, *, environment: Mapping[str, str] | None) -> None:
        self._environment = environment

    @classmethod
    def outputs_of(cls, manifest: Manifest) -> tuple[Output, ...]:
        assert isinstance(manifest, EnvironmentSecretsStoreManifest)
        return tuple(Output(name.lower(), ("secret",)) for name in manifest.variables_storing_secrets)

    def run(self, *, variables_storing_secrets: Sequence[str]) -> Mapping[str, Any]:
        if self._environment is None:
            raise RuntimeError("workflows may not read the environment here; hand secrets in as inputs")
        return {name.lower(): self._environment.get(name) for name in variables_storing_secrets}
