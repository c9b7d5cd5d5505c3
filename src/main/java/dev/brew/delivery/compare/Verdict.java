package dev.brew.delivery.compare;

/** The verdict on a metric. The worst verdict of its metrics is that of a comparison. */
public enum Verdict {
    /** Not worse by more than the margin. */
    PASS,
    /** Better, by more than the margin. */
    IMPROVED,
    /** These trials cannot tell whether it is worse by more than the margin. */
    INCONCLUSIVE,
    /** Worse, by more than the margin. */
    REGRESSION
}
