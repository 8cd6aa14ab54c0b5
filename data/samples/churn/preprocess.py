# SPDX-License-Identifier: GPL-3.0-or-later
"""Processing script: customers as numbers, split in three.

Reads   input/churn.csv
Writes  train/train.csv, validation/validation.csv, test/test.csv: label first, no header,
        which is what XGBoost's training wants.
"""
import argparse
import pathlib

import pandas as pd

# Minutes and charges say the same thing twice: a charge is the minutes times a rate.
REDUNDANT = ["total_day_charge", "total_eve_charge", "total_night_charge", "total_intl_charge"]
YES_NO = ["international_plan", "voice_mail_plan", "churn"]
CATEGORIES = ["state", "area_code"]


def encode(customers):
    """All columns as numbers, the label first."""
    customers = customers.drop(columns=REDUNDANT)
    for column in YES_NO:
        customers[column] = (customers[column] == "yes").astype(int)
    customers = pd.get_dummies(customers, columns=CATEGORIES, dtype=int)
    label = customers.pop("churn")
    customers.insert(0, "churn", label)
    return customers


def split(rows, seed):
    """70 % to train on, 15 % to stop early by, 15 % that nothing sees before the evaluation."""
    rows = rows.sample(frac=1, random_state=seed)
    first, second = int(len(rows) * 0.70), int(len(rows) * 0.85)
    return {"train": rows[:first], "validation": rows[first:second], "test": rows[second:]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path("/opt/ml"))
    arguments = parser.parse_args()
    base = arguments.root / "processing"

    customers = pd.read_csv(base / "input" / "churn.csv")
    parts = split(encode(customers), arguments.seed)
    for name, part in parts.items():
        (base / name).mkdir(parents=True, exist_ok=True)
        part.to_csv(base / name / f"{name}.csv", header=False, index=False)

    sizes = ", ".join(f"{len(part)} {name}" for name, part in parts.items())
    message = f"{len(customers)} rows: {sizes}"
    print(message)
    # What stands here becomes the job's ExitMessage.
    (arguments.root / "output").mkdir(parents=True, exist_ok=True)
    (arguments.root / "output" / "message").write_text(message)


if __name__ == "__main__":
    main()
