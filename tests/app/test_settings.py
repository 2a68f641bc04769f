"""Settings come from one prefix of the environment, and each is documented."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import Settings, documentation


def test_defaults_serve_this_machine_only() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.workers) == ("127.0.0.1", 1)


def test_the_environment_sets_fields_of_every_type() -> None:
    given = {"DIPTYCH_PORT": "9000", "DIPTYCH_HOME": "/tmp/x", "DIPTYCH_TRUSTED_HOSTS": "a.example, b.example,"}
    settings = Settings.from_env(given)
    assert settings.port == 9000
    assert settings.home == Path("/tmp/x")
    assert settings.trusted_hosts == ("a.example", "b.example")


def test_a_wrong_value_names_its_variable() -> None:
    with pytest.raises(SettingsError, match="DIPTYCH_PORT is 'many'"):
        Settings.from_env({"DIPTYCH_PORT": "many"})


def test_every_setting_is_documented_with_its_default() -> None:
    said = documentation()
    assert len(said) == len(dataclasses.fields(Settings))
    for name, words in said.items():
        assert name.startswith("DIPTYCH_")
        assert words.count(". Default: ") == 1, name
