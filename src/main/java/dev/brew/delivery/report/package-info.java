/**
 * Shows the results of a run as tables, charts and one HTML page. {@link dev.brew.delivery.report.Report} is the entry
 * point: {@code RunView} reads a run, {@code Charts} selects what is drawn, {@code Drawing} draws it as SVG or PNG,
 * {@code Page} writes the page and {@code Exports} the files for other tools. Nothing here measures.
 */
package dev.brew.delivery.report;
