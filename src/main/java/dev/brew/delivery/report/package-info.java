/**
 * A run directory in, pictures and one page out; nothing is measured here. {@link dev.brew.delivery.report.Report} is
 * the door. {@code RunView} reads a run, {@code Charts} says what is drawn, {@code Drawing} draws it as SVG or PNG,
 * {@code Page} writes the HTML page, {@code Exports} the files for other people's tools.
 */
package dev.brew.delivery.report;
