/**
 * The JMH suite: options, plan, runs of blocks and of single trials, and the check that JMH returned every result.
 * {@link dev.brew.delivery.suite.SuiteRun} is the run. A block is a child JVM in which JMH measures all rows in turn.
 */
package dev.brew.delivery.suite;
