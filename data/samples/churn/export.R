# SPDX-License-Identifier: GPL-3.0-or-later
# Writes churn.csv, the MLC++ churn data, from the package modeldata into the directory given.
arguments <- commandArgs(trailingOnly = TRUE)
directory <- if (length(arguments) > 0) arguments[1] else "."

if (!requireNamespace("modeldata", quietly = TRUE))
  stop("The R package 'modeldata' (Debian: r-cran-modeldata) is not installed")

data("mlc_churn", package = "modeldata")
dir.create(directory, recursive = TRUE, showWarnings = FALSE)
path <- file.path(directory, "churn.csv")
write.csv(as.data.frame(mlc_churn), path, row.names = FALSE, quote = FALSE)
cat(nrow(mlc_churn), "rows,", ncol(mlc_churn), "columns:", path, "\n")
