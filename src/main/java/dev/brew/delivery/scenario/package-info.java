/**
 * The decision matrix: each row a {@link dev.brew.delivery.scenario.Scenario} with a claim, an experiment and a criterion
 * that is written down before the run; {@link dev.brew.delivery.scenario.Scenarios} is the list. An experiment runs on a
 * {@link dev.brew.delivery.scenario.Lab}, mostly through a {@link dev.brew.delivery.scenario.Stage}; what is killed with
 * kill -9 is a {@link dev.brew.delivery.scenario.ChildProcess} that runs {@link dev.brew.delivery.scenario.ChildMain}.
 */
package dev.brew.delivery.scenario;
