package dev.brew.delivery.compare;

/** What a metric comes to, and by the gravest of them a comparison. */
enum Verdict {
    /** Not worse by more than the margin. */
    PASS,
    /** Better, by more than the margin. */
    IMPROVED,
    /** It may be worse by more than the margin, or may not: these trials cannot say. */
    INCONCLUSIVE,
    /** Worse, by more than the margin. */
    REGRESSION
}
