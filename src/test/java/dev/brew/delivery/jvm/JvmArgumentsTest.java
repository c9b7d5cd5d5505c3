package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JvmArgumentsTest {

    private static final List<String> TYPED = List.of("-XX:+UseSerialGC", "-Xmx300m", "-Xlog:gc",
            "-Djavax.net.ssl.trustStore=t",
            "-Djava.io.tmpdir=/var/tmp", "-Ddelivery.warmup=1", "--add-opens=java.base/java.lang=ALL-UNNAMED");

    @Test
    void aJvmThatMeasuresGetsEverything() {
        assertThat(of(TYPED, Map.of()).forMeasuring()).isEqualTo(TYPED);
    }

    @Test
    void aHelperGetsThePropertiesAndKeepsItsPinnedCollectorAndHeap() {
        assertThat(of(TYPED, Map.of()).forHelpers())
                .containsExactly("-Djavax.net.ssl.trustStore=t", "-Djava.io.tmpdir=/var/tmp");
    }

    @Test
    void flagsOfTheVariablesMeanEveryJvmButNotItsCollectorHeapOrClassArchive() {
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-XX:UseSVE=0 -XX:+UseParallelGC -Xshare:off",
                "JDK_JAVA_OPTIONS", "'-Xss2m' -Xms64m -XX:MaxRAMPercentage=50", "_JAVA_OPTIONS", "-Dx=1");
        assertThat(of(List.of("-XX:UseSVE=0", "-XX:+UseParallelGC", "-Xshare:off", "-Xss2m", "-Xms64m",
                "-XX:MaxRAMPercentage=50", "-Xint", "-Dx=1"), environment).forHelpers())
                .containsExactly("-XX:UseSVE=0", "-Xss2m", "-Dx=1");
    }

    @Test
    void whatOnlyOneJvmCanHaveGoesToNoChild() {
        JvmArguments debugged = of(List.of("-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                "-Dcom.sun.management.jmxremote.port=9010", "-Dx=1"), Map.of());
        assertThat(debugged.forMeasuring()).containsExactly("-Dx=1");
        assertThat(debugged.forHelpers()).containsExactly("-Dx=1");
    }

    @Test
    void aHelpersOwnLogIsNotTheUsersLog() {
        assertThat(of(List.of("-Dorg.slf4j.simpleLogger.logFile=/tmp/mine.log"), Map.of()).forHelpers()).isEmpty();
    }

    @Test
    void itKnowsWhetherTheUserHasChosenACollectorOrAHeap() {
        assertThat(of(TYPED, Map.of()).chooseCollector()).isTrue();
        assertThat(of(List.of("-XX:-UseG1GC", "-XX:+UseStringDeduplication"), Map.of()).chooseCollector()).isFalse();
        assertThat(of(List.of("-XX:MaxRAMPercentage=50"), Map.of()).chooseHeap()).isTrue();
        assertThat(of(List.of("-Xss1m"), Map.of()).chooseHeap()).isFalse();
    }

    @Test
    void theRecordHasNoSecrets() {
        assertThat(of(List.of("-Djavax.net.ssl.trustStorePassword=changeit", "-Dmy.Token=a=b", "-Dx=password",
                "-Djava.security.auth.login.config=jaas.conf"), Map.of()).recorded()).containsExactly(
                "-Djavax.net.ssl.trustStorePassword=***", "-Dmy.Token=***", "-Dx=password",
                "-Djava.security.auth.login.config=jaas.conf");
    }

    @Test
    void aSecretAmongOtherFlagsInOneWordIsHiddenWithAllThatFollows() {
        assertThat(JvmArguments.withoutSecrets(List.of("-Xmx1g -Da.password=b -Dc=d", "-jvmArgs")))
                .containsExactly("-Xmx1g -Da.password=***", "-jvmArgs");
    }

    @Test
    void aSecretIsHiddenWhereverItStandsAlsoOneWithBlanksOrThatHasAnotherInIt() {
        assertThat(Secrets.of(List.of("-Da.password=hush", "-Db.token=hush hush", "-Dc=open"))
                .hide("# VM options: -Da.password=hush -Db.token=hush hush -Dc=open"))
                .isEqualTo("# VM options: -Da.password=*** -Db.token=*** -Dc=open");
    }

    private static JvmArguments of(List<String> arguments, Map<String, String> environment) {
        return new JvmArguments(arguments, environment);
    }
}
