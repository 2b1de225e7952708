import pytest

from tests.ledger.making import order, publish
from workbench.errors import LedgerError
from workbench.policy import BusinessPolicy, Policy
from workbench.runs.business import LEDGER, Business


def _folder(directory, name):
    directory.mkdir()
    policy = Policy(business=BusinessPolicy(name=name))
    (directory / "policy.toml").write_text(policy.toml())
    return Business(directory)


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """The environment names a database for the ledger."""
    monkeypatch.setenv(LEDGER, f"sqlite:///{tmp_path / 'shared.db'}")


@pytest.mark.usefixtures("shared")
def test_the_ledger_lies_in_the_database_that_the_environment_names(tmp_path):
    publish(_folder(tmp_path / "larkfield", "Larkfield").ledger, order())
    assert not (tmp_path / "larkfield/.workbench/ledger.db").exists()
    again = Business(tmp_path / "larkfield").ledger
    assert len(again.manifests()) == 1
    assert again.events()["subject"].tolist() == ["Larkfield"]


@pytest.mark.usefixtures("shared")
def test_two_businesses_do_not_share_one_ledger(tmp_path):
    head = _folder(tmp_path / "larkfield", "Larkfield").ledger.head()
    other = _folder(tmp_path / "ravenhill", "Ravenhill")
    with pytest.raises(LedgerError, match=r"that of 'Larkfield'.*names the business 'Ravenhill'; give this"):
        _ = other.ledger
    assert Business(tmp_path / "larkfield").ledger.head() == head


def test_a_folder_that_has_a_ledger_of_its_own_is_not_moved_to_another_silently(tmp_path, monkeypatch):
    publish(_folder(tmp_path / "larkfield", "Larkfield").ledger, order())
    monkeypatch.setenv(LEDGER, f"sqlite:///{tmp_path / 'shared.db'}")
    with pytest.raises(LedgerError, match="unset it, or move the file away"):
        _ = Business(tmp_path / "larkfield").ledger


def test_a_password_in_the_url_is_in_no_error(tmp_path, monkeypatch):
    business = _folder(tmp_path / "larkfield", "Larkfield")
    for url in (
        "postgresql://me:hunter2@127.0.0.1:1/ledger",
        "nonsense:hunter2",
        "no_such://me:hunter2@host/d",
    ):
        monkeypatch.setenv(LEDGER, url)
        with pytest.raises(LedgerError) as refused:
            _ = business.ledger
        assert "hunter2" not in str(refused.value)
