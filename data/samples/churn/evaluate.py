# SPDX-License-Identifier: GPL-3.0-or-later
"""Processing script: how good the model is on customers it has never seen.

Reads   model/model.tar.gz, test/test.csv
Writes  evaluation/evaluation.json, in the form of SageMaker's model quality reports
"""
import argparse
import json
import pathlib
import tarfile
import tempfile

import pandas as pd
import xgboost
from sklearn import metrics


def load_model(archive):
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(archive) as tar:
            tar.extractall(directory, filter="data")
        booster = xgboost.Booster()
        booster.load_model(str(pathlib.Path(directory) / "xgboost-model"))
    return booster


def measure(truth, probabilities):
    """The report; a spread needs several test sets, so each standard deviation is unknown."""
    decisions = (probabilities > 0.5).astype(int)
    values = {
        "accuracy": metrics.accuracy_score(truth, decisions),
        "precision": metrics.precision_score(truth, decisions, zero_division=0),
        "recall": metrics.recall_score(truth, decisions, zero_division=0),
        "f1": metrics.f1_score(truth, decisions, zero_division=0),
        "auc": metrics.roc_auc_score(truth, probabilities),
    }
    report = {name: {"value": float(value), "standard_deviation": "NaN"}
              for name, value in values.items()}
    table = metrics.confusion_matrix(truth, decisions, labels=[0, 1])
    report["confusion_matrix"] = {str(actual): {str(said): int(table[actual][said])
                                                for said in (0, 1)} for actual in (0, 1)}
    return {"binary_classification_metrics": report}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path("/opt/ml"))
    root = parser.parse_args().root
    base = root / "processing"

    model = load_model(base / "model" / "model.tar.gz")
    test = pd.read_csv(base / "test" / "test.csv", header=None)
    probabilities = model.predict(xgboost.DMatrix(test.iloc[:, 1:].to_numpy()))
    report = measure(test[0].to_numpy(), probabilities)

    (base / "evaluation").mkdir(parents=True, exist_ok=True)
    (base / "evaluation" / "evaluation.json").write_text(json.dumps(report, indent=1))

    values = report["binary_classification_metrics"]
    message = ", ".join(f"{name} {values[name]['value']:.4f}"
                        for name in ("accuracy", "f1", "auc")) + f" on {len(test)} rows"
    print(message)
    (root / "output").mkdir(parents=True, exist_ok=True)
    (root / "output" / "message").write_text(message)


if __name__ == "__main__":
    main()
