package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.run.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.runner.BenchmarkList;

class SuiteOptionsTest {

    @Test
    void propertiesMayStandBeforeOrBehindTheJarAndReachTheForks() throws Exception {
        Properties system = new Properties();
        system.setProperty("delivery.producer.linger.ms", "5");
        system.setProperty("java.home", "x");
        SuiteOptions options = SuiteOptions.parse(List.of("-Ddelivery.consumer.check.crcs=false", "-f", "2"), system);
        assertThat(options.definitionsForForks())
                .containsExactly("-Ddelivery.consumer.check.crcs=false", "-Ddelivery.producer.linger.ms=5",
                        "-Ddelivery.host.pid=" + ProcessHandle.current().pid());
        assertThat(options.jmh().getForkCount().get()).isEqualTo(2);
    }

    @Test
    void aBrokerThatCannotBeHadIsFoundBeforeMeasuring() throws Exception {
        Map<String, String> nowhere = Map.of("DOCKER_HOST", "unix:///no/such.sock");
        assertThatThrownBy(() -> Plan.of(parse("ProduceToConsume", "-p", "broker=process,external"),
                BenchmarkList.defaultList()).requireBrokers(new Properties(), nowhere)).isInstanceOf(UsageException.class)
                .hasMessage("-p broker=external needs -Ddelivery.kafka.bootstrap=HOST:PORT,…");
        assertThatThrownBy(() -> Plan.of(parse("Null|ProduceToConsume", "-p", "broker=container"),
                BenchmarkList.defaultList()).requireBrokers(new Properties(), nowhere)).isInstanceOf(UsageException.class)
                .hasMessage("-p broker=container: there is no container engine: /no/such.sock does not exist");
        Plan other = Plan.of(parse("Null", "-p", "broker=container"), BenchmarkList.defaultList());
        assertThat(other.requireBrokers(new Properties(), nowhere)).isSameAs(other);
    }

    @Test
    void resultsGoWhereAsked() throws Exception {
        assertThat(parse().results()).isEqualTo(Path.of("results"));
        assertThat(parse().label()).isEqualTo("run");
        SuiteOptions asked = parse("-Ddelivery.results=/tmp/there", "-Ddelivery.label=nightly-1");
        assertThat(asked.results()).isEqualTo(Path.of("/tmp/there"));
        assertThat(asked.label()).isEqualTo("nightly-1");
    }

    @Test
    void everyBenchmarkAndParameterSetIsACase() throws Exception {
        List<Case> cases = plan("FanOut", "-p", "recipients=1,3", "-p", "executor=direct", "-f", "4", "-wi", "1", "-w",
                "2", "-i", "3", "-r", "500ms");
        assertThat(cases).extracting(Case::stem).containsExactly(
                "ParallelFanOut_delay=none_executor=direct_payloadBytes=256_recipients=1_tls=off_transport=nio",
                "ParallelFanOut_delay=none_executor=direct_payloadBytes=256_recipients=3_tls=off_transport=nio",
                "SequentialFanOut_delay=none_executor=direct_payloadBytes=256_recipients=1_tls=off_transport=nio",
                "SequentialFanOut_delay=none_executor=direct_payloadBytes=256_recipients=3_tls=off_transport=nio");
        assertThat(cases).allSatisfy(one -> {
            assertThat(one.trials()).isEqualTo(4);
            assertThat(one.seconds()).isEqualTo(3.5);
        });
    }

    @Test
    void theDefaultRunHasThreeTrialsOfEverything() throws Exception {
        List<Case> cases = plan("Sequential|Parallel|ProduceTo|TcpRound|NullPath");
        assertThat(cases).hasSize(4 * 3 + 1).allMatch(one -> one.trials() == 3 && one.forked());
    }

    @Test
    void aRateAsksForTheOpenLoopAndNoneForTheClosedOne() throws Exception {
        assertThat(plan()).allMatch(one -> !one.params().containsKey("rate"));
        assertThat(plan("Parallel")).allMatch(one -> one.stem().startsWith("ParallelFanOut_"));
        assertThat(plan("Parallel", "-p", "rate=50,300", "-p", "recipients=3")).extracting(Case::stem)
                .allMatch(stem -> stem.startsWith("ParallelFanOutOpenLoop_"))
                .anyMatch(stem -> stem.contains("rate=50_")).anyMatch(stem -> stem.contains("rate=300_")).hasSize(2);
        assertThat(plan("Parallel", "-p", "rate=none,50", "-p", "recipients=3")).extracting(one -> one.params()
                .getOrDefault("rate", "-")).containsExactlyInAnyOrder("-", "50");
        assertThat(plan("NullPathOpenLoop", "-p", "recipients=1")).extracting(one -> one.params().get("rate"))
                .containsExactly("200", "500", "1000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "NullPathBenchmark -p recipients=1 -p recipients=1      | NullPath_delay=none_payloadBytes=256_recipients=1",
        "NullPathBenchmark -p recipients=1,1                    | NullPath_delay=none_payloadBytes=256_recipients=1",
        "NullPathBenchmark -p recipients=01,+1 -p payloadBytes=0256 | NullPath_delay=none_payloadBytes=256_recipients=1",
        "NullPathBenchmark -p recipients=1 -p delay=fixed:1ms,all@fixed:1000us,fixed:01ms "
                + "| NullPath_delay=fixed-1ms_payloadBytes=256_recipients=1",
        "NullPathBenchmark -p recipients=1 -p delay=none,one@none | NullPath_delay=none_payloadBytes=256_recipients=1",
        "NullPathOpen -p recipients=1 -p rate=500.0,500,0500    "
                + "| NullPathOpenLoop_arrivals=constant_delay=none_maxInFlight=10000_payloadBytes=256_rate=500_recipients=1_seed=1"})
    void whatMeansTheSameIsMeasuredOnce(String arguments, String stem) throws Exception {
        assertThat(plan(arguments.split(" "))).extracting(Case::stem).containsExactly(stem);
    }

    @Test
    void whatHasOneSenderIsLeftOutWhereSeveralAreAskedFor() throws Exception {
        Plan plan = Plan.of(parse("Tcp|NullPathBenchmark", "-p", "recipients=1", "-t", "3"), BenchmarkList.defaultList());
        assertThat(plan.cases()).extracting(Case::stem).allMatch(stem -> stem.startsWith("NullPath_"));
        assertThat(plan.leftOut()).containsExactly("left out: -t 3: TcpRoundTrip has one sender");
        assertThat(plan("Tcp", "-t", "1")).hasSize(1);
    }

    @Test
    void aRunIsMadeOfBlocksUnlessAnOptionIsAboutForksOrIterations() throws Exception {
        assertThat(parse("Parallel", "-p", "recipients=10", "-rf", "csv", "--budget=20m").plain()).isEmpty();
        assertThat(parse("Parallel", "--budget=20m", "--seed", "4").budget()).isEqualTo(Duration.ofMinutes(20));
        assertThat(parse("--blocks", "3", "--slices", "5").blocks()).hasValue(3);
        assertThat(parse("--blocks", "3", "--slices", "5").slices()).isEqualTo(5);
        assertThat(parse("--blocks", "3", "Parallel").jmhArguments()).containsExactly("Parallel");
        assertThat(parse("-f", "3", "Parallel").plain()).contains("-f");
        assertThat(parse("-p", "rate=none,5").plain()).contains("-p rate=5");
        assertThat(parse("-prof", "gc").plain()).isEmpty();
    }

    @Test
    void withoutForksThereIsOneTrial() throws Exception {
        assertThat(plan("TcpRoundTrip", "-f", "0")).singleElement()
                .satisfies(one -> assertThat(one.forked()).isFalse())
                .satisfies(one -> assertThat(one.trials()).isEqualTo(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--budget                      | --budget needs a value",
        "--budget ten                  | --budget must be a whole number and s, m or h, got 'ten'",
        "--blocks 0                    | --blocks must be a whole number, 1..99999, got '0'",
        "--seed=x                      | --seed must be a whole number, 0..999999999, got 'x'",
        "--blocks 1 --blocks 2         | --blocks was given twice",
        "--blocks 1 --budget 5m        | --budget and --blocks: only one of them",
        "--budget 5m -f 1              | --budget has no meaning with -f, which makes the run one of JMH's forks and iterations",
        "--slices 9 -p rate=5          | --slices has no meaning with -p rate=5, which makes the run one of JMH's forks and "
                + "iterations",
        "-bm thrpt,sample              | -bm takes one mode at a time here, got [Throughput, SampleTime]",
        "Tcp -t max                    | -t max: TcpRoundTrip has one sender",
        "Null -p rate=5 -t 2           | -t 2: NullPathOpenLoop has one sender",
        "-wf 1                         | -wf 1 has no meaning here: every trial is a fresh JVM that warms itself up (-wi, "
                + "-Ddelivery.warmup)",
        "-wm BULK                      | -wm BULK has no meaning here: nothing but the benchmark itself runs in a trial's JVM",
        "-wmb Tcp                      | -wmb Tcp has no meaning here: nothing but the benchmark itself runs in a trial's JVM",
        "-tg 2,3                       | -tg 2,3 has no meaning here: no benchmark has thread groups (-t N: senders)",
        "-f 0 -jvmArgs -Xmx1g          | -f 0 measures in this JVM, which '-jvmArgs -Xmx1g' does not reach: give flags before "
                + "-jar",
        "-p recipients                 | -p recipients: must be NAME=VALUE",
        "-rf xml                       | -rf must be text, csv, scsv, json, latex; got xml",
        "-r 0                          | -r 0: an iteration takes more than no time",
        "-w 0ms                        | -w 0: an iteration takes more than no time",
        "-opi 10                       | -opi 10 has no meaning here: an operation is one event",
        "Null NoSuch                   | no benchmark matches [NoSuch] (-l lists them, help lists the commands)",
        "-f many                       | Cannot parse argument 'many' of option f",
        "--nosuch                      | nosuch is not a recognized option",
        "-Ddelivery.result=x           | unknown property -Ddelivery.result=x; there are delivery.results, delivery.label, "
                + "delivery.warmup, delivery.kafka.image, delivery.kafka.pull, delivery.kafka.bootstrap, "
                + "delivery.kafka.properties, delivery.kafka.replication, delivery.grpc.targets, delivery.producer.NAME, "
                + "delivery.consumer.NAME",
        "-Ddelivery.label=a/b          | -Ddelivery.label must be 1 to 64 letters, digits or dashes, got 'a/b'",
        "-Ddelivery.producer.linger=5  | -Ddelivery.producer.linger=5: Kafka has no such property",
        "-Ddelivery.warmup=soon | -Ddelivery.warmup must be 0..3600 seconds, got 'soon'",
        "NoSuch                        | no benchmark matches [NoSuch] (-l lists them, help lists the commands)",
        "[a                            | not a regular expression: '[a' (Unclosed character class)",
        "-p recipients=0               | -p recipients=0: recipients must be 1..1024, got 0",
        "-p recipients=x               | -p recipients=x: not a whole number: 'x'",
        "-p payloadBytes=1             | -p payloadBytes=1: payloadBytes must be 128..1000000, got 1",
        "-p rate=0                     | -p rate=0: rate must be above 0 and at most 1000000 events/s, got 0.0",
        "-p rate=fast                  | -p rate=fast: rate must be events/s such as 500 or 0.5 (or none, for a closed loop), "
                + "got 'fast'",
        "Tcp -p rate=5                 | -p rate=5: none of [Tcp] is an open-loop benchmark (-l lists them)",
        "Null -p rate=5 -p arrivals=x  | -p arrivals=x: arrivals must be constant or poisson, got 'x'",
        "-p rate=5 -p maxInFlight=0    | -p maxInFlight=0: maxInFlight must be 1 or more, got 0",
        "-p transport=udp              | -p transport=udp: transport must be nio, epoll or inprocess, got 'udp'",
        "-p executor=fork              | -p executor=fork: executor must be pool or direct, got 'fork'",
        "-p acks=2                     | -p acks=2: acks must be 0, 1 or all, got '2'",
        "ProduceToConsume -p broker=container -p brokers=3 | -p brokers=3 needs broker=process: a container is one node",
        "-p brokers=2                  | -p brokers=2: brokers must be 1 or 3, got 2",
        "ProduceToConsume -p broker=external -p tls=on | -p tls=on needs broker=process: say security.protocol in "
                + "-Ddelivery.kafka.properties=FILE for an external cluster",
        "Parallel -p transport=inprocess -p tls=on | -p tls=on needs transport=nio or epoll: inprocess has no socket",
        "-Ddelivery.grpc.targets=here   | -Ddelivery.grpc.targets=here: not host:port: 'here'",
        "-Ddelivery.grpc.targets=[::1]:1,[0::1]:1 | -Ddelivery.grpc.targets=[::1]:1,[0::1]:1: '[::1]:1' is given twice",
        "-Ddelivery.grpc.targets=a:0     | -Ddelivery.grpc.targets=a:0: not host:port: 'a:0' (a port to connect to is 1..65535)",
        "-Ddelivery.kafka.bootstrap=b    | -Ddelivery.kafka.bootstrap=b: not host:port: 'b'",
        "-Ddelivery.kafka.bootstrap=a:1,A:1 | -Ddelivery.kafka.bootstrap=a:1,A:1: 'a:1' is given twice",
        "-Ddelivery.grpc.targets=a:1,b:2 Parallel -p recipients=3 | -p recipients=3 cannot be with "
                + "-Ddelivery.grpc.targets, only recipients=2: that many are named",
        "-p tls=perhaps                | -p tls=perhaps: tls must be off, on or mutual, got 'perhaps'",
        "-Ddelivery.kafka.replication=0 | -Ddelivery.kafka.replication must be 1..100, got '0'",
        "-Ddelivery.kafka.properties=/no/such | -Ddelivery.kafka.properties=/no/such: the file cannot be read: /no does not exist",
        "-p broker=mine                | -p broker=mine: broker must be auto, process, container or external, got 'mine'",
        "-p delay=crm@fixed:1ms        | -p delay crm@fixed:1ms names no recipient: 'crm' (there are analytics)"})
    void whatIsWrongIsNamedBeforeAnythingStarts(String arguments, String message) {
        assertThatThrownBy(() -> plan(arguments.split(" "))).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "-f 1 -r 1 -p recipients=3       | -f 2 -r 2             | -p recipients=3 -f 2 -r 2",
        "-f 1 -p recipients=3            | -p recipients=1       | -f 1 -p recipients=1",
        "-f 1 -w 1 -wi 1                 | -f2 -w=3              | -wi 1 -f2 -w=3",
        "-p recipients=3 -p rate=none,9  | Null -prate=none      | -p recipients=3 Null -prate=none",
        "-Ddelivery.warmup=1 -i 1        | -Ddelivery.warmup=5   | -i 1 -Ddelivery.warmup=5",
        "Null -jvm java -t 1             | -jvm /a/java          | Null -t 1 -jvm /a/java",
        "Null -prof gc -foe true         | -prof stack -foe false | Null -prof gc -prof stack -foe false"})
    void whatIsTypedWinsOverWhatWasThereBefore(String common, String own, String both) throws Exception {
        assertThat(SuiteOptions.overridden(List.of(common.split(" ")), List.of(own.split(" "))))
                .containsExactly(both.split(" "));
    }

    @Test
    void jmhDoesNotSeeTheSuitesOwnProperties() throws Exception {
        assertThat(parse("-lp", "-Ddelivery.warmup=1", "Null").jmhArguments()).containsExactly("-lp", "Null");
    }

    @Test
    void aParameterThatNoBenchmarkHasIsNotIgnored() {
        assertThatThrownBy(() -> plan("-p", "recipient=3")).isInstanceOf(UsageException.class)
                .hasMessageStartingWith(
                "-p recipient: no benchmark has this parameter; there are acks, arrivals, broker, ");
        assertThatThrownBy(() -> plan("-precipient=3")).hasMessageStartingWith("-p recipient: ");
    }

    private static SuiteOptions parse(String... arguments) throws UsageException {
        return SuiteOptions.parse(List.of(arguments), new Properties());
    }

    private static List<Case> plan(String... arguments) throws UsageException {
        return Plan.of(parse(arguments), BenchmarkList.defaultList()).cases();
    }
}
