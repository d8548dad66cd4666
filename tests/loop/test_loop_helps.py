"""Working through the suspected labels makes the probe better on test, and the Impact panel says so.

On real photographs with 8 % of the train labels flipped by a seed, each to the next class: a person who mixes up classes does
so always in the same way. Scattered evenly instead, as many flips cost the probe one or two points of accuracy, which 431 test
photographs cannot tell from chance. The reviewer of the ranking knows the true classes of train, and nothing here looks at
labels of test.

How it came to this: the first form scattered the flips and accepted the top 141 suggestions unseen (98 of them were flips):
84.5 to 86.5 %, p = 0.18. Flips and reviewer were then chosen on pseudo-tests cut from train, and fixed before the one run
on test. The ranking has become better since, but accepting its top unseen, as a person in a hurry would, is still not a gain
that so few photographs can tell, with any of three ways to plant flips: docs/decisions/suspects-with-neighbours.md has the
figures, all from pseudo-tests.
"""

from __future__ import annotations

import csv
import os
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from burnish_server import BurnishServer, Client, wait_for

DATA = Path(os.environ.get("BURNISH_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "recycling-photos"
FLIPPED_SHARE = 0.08
SEED = 2
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the recycling photographs are not on this machine")


def flipped_labels(folder: Path) -> dict[str, str]:
    """Links the photographs into `folder` and writes labels.csv with flipped train labels; returns what was flipped: path -> true class."""
    rows = list(csv.DictReader((DATA / "labels.csv").open()))
    classes = sorted({row["label"] for row in rows})
    train = [row for row in rows if row["split"] == "train"]
    flipped = {}
    for row in random.Random(SEED).sample(train, int(len(train) * FLIPPED_SHARE)):
        flipped[row["file"]] = row["label"]
        row["label"] = classes[(classes.index(row["label"]) + 1) % len(classes)]
    for row in rows:
        target = folder / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(DATA / row["file"], target) if os.stat(DATA).st_dev == os.stat(folder).st_dev else target.write_bytes((DATA / row["file"]).read_bytes())
    with (folder / "labels.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=["file", "label", "split"])
        writer.writeheader()
        writer.writerows({key: row[key] for key in ("file", "label", "split")} for row in rows)
    return flipped


def impact(client: Client, project: str) -> dict[str, Any]:
    """The impact once the probe has learnt everything."""
    head = client.head(project)
    return dict(wait_for(lambda: client.get(f"/api/v1/projects/{project}/impact"), lambda found: found["ready"] and not found["stale"] and found["now"] >= head, 120))


def review(client: Client, project: str, flipped: dict[str, str]) -> list[int]:
    """Goes through the whole ranking as its reader would: accepts what is suggested rightly, chooses another class where only
    the given label is wrong, keeps the rest. Returns the changes."""
    ranking = client.get(f"/api/v1/projects/{project}/suspects", count=1000)
    suspects = ranking["suspects"]
    accepted: list[int] = []
    other: dict[str, list[int]] = defaultdict(list)
    for suspect in suspects:
        true_class = flipped.get(client.get(f"/api/v1/projects/{project}/samples/{suspect['ordinal']}")["path"])
        if true_class == suspect["suggested"]:
            accepted.append(suspect["ordinal"])
        elif true_class is not None:
            other[true_class].append(suspect["ordinal"])
    wrong = len(accepted) + sum(map(len, other.values()))
    print(f"{wrong} of {len(suspects)} suspects were flipped, {len(flipped)} were planted; {len(accepted)} suggestions were right")
    assert wrong > 0.6 * len(flipped), "the ranking finds too few"
    edits = [client.edit(project, {"ordinals": accepted}, {"accept_suggestion": True}, generation=ranking["generation"])]
    edits += [client.edit(project, {"ordinals": ordinals}, {"class": name}) for name, ordinals in other.items()]
    return [int(edit["change"]) for edit in edits]


def test_reviewing_the_suspects_is_a_real_gain_and_undo_returns_to_the_baseline(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    flipped = flipped_labels(media)
    with BurnishServer.start(tmp_path / "data", media_roots={"photos": media}) as server:
        client = server.login()
        project = client.create_project("Recycling")
        started = client.folder_import(project, "photos", "labels.csv")
        assert client.check_import(project, started)["state"] == "checked"
        done = client.commit_import(project, started)
        assert done["state"] == "done", done
        client.wait_ready(project, wait=400)
        before = impact(client, project)
        assert before["verdict"] == "no_change"

        changes = review(client, project, flipped)
        after = impact(client, project)
        print(after["sentence"])
        assert after["verdict"] == "likely_real_gain", after["sentence"]
        assert after["p_value"] < 0.05

        for change in changes:
            client.post(f"/api/v1/projects/{project}/changes/{change}/undo")
        back = impact(client, project)
        assert back["accuracy_after"] == before["accuracy_after"]
        assert back["macro_f1_after"] == before["macro_f1_after"]
        assert back["verdict"] == "no_change"

        ordinal = client.ordinals(project, {"split": ["train"]})[0]
        client.edit(project, {"ordinals": [ordinal]}, {"excluded": True})
        small = impact(client, project)
        assert small["verdict"] in {"too_small_to_tell", "no_change"}
        assert "too small to tell" in small["sentence"]
