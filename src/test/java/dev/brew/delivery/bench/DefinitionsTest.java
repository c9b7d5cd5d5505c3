package dev.brew.delivery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class DefinitionsTest {

    @Test
    void whatJmhWasGivenForAForkHoldsWithoutOneToo() {
        Properties system = new Properties();
        system.setProperty("delivery.warmup", "30");
        system.setProperty("java.home", "x");
        Properties all = Definitions.of(system, List.of("-Xmx1g", "-Ddelivery.warmup=1", "-Ddelivery.kafka.bootstrap=a:1,b=2",
                "-Ddelivery.warmup=2", "-Djava.home=y"));
        assertThat(all).containsEntry("delivery.warmup", "2").containsEntry("delivery.kafka.bootstrap", "a:1,b=2")
                .containsEntry("java.home", "x");
        assertThat(system).containsEntry("delivery.warmup", "30").hasSize(2);
    }
}
