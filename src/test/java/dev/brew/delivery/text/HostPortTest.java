package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

    @ParameterizedTest
    @CsvSource({"localhost:0, localhost:0", "127.0.0.1:50061, 127.0.0.1:50061", "[::1]:80, [::1]:80",
        "[0:0:0:0:0:0:0:1]:80, [::1]:80", "[2001:DB8:0:0:0:0:0:A]:80, [2001:db8::a]:80",
        "[::ffff:10.0.0.1]:80, 10.0.0.1:80", "[fe80::1%1]:80, [fe80::1%1]:80", "Kafka.Example.ORG:9092, kafka.example.org:9092",
        "bücher.example:80, xn--bcher-kva.example:80", "broker_1:9092, broker_1:9092", "host.:65535, host.:65535"})
    void whatIsPrintedIsReadAgain(String typed, String printed) {
        HostPort address = HostPort.parse(typed);
        assertThat(address).hasToString(printed);
        assertThat(HostPort.parse(address.toString())).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":80", "[::1]", "[]:80", "host:65536", "host:-1", "host:+1", "host:8o",
            "[host]:80",
        "host:80/", "http://host:80"})
    void whatHasNoHostOrPortIsQuoted(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not host:port: '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "::1:80             | an IPv6 address stands in brackets, such as [::1]:50061",
        "fe80::1            | an IPv6 address stands in brackets, such as [::1]:50061",
        "[fe80::1%nosuch]:1 | No such interface: 'nosuch'",
        "a b:80             | no such host can be",
        "a..b:80            | no such host can be",
        "user@host:80       | no such host can be",
        "10.0.0.999:80      | no such host can be"})
    void whatNoHostCanBeSaysWhy(String text, String why) {
        assertThatThrownBy(() -> HostPort.parse(text)).hasMessage("not host:port: '" + text + "' (" + why + ")");
    }

    @Test
    void aBoundAddressIsPrintedAsItIsRead() throws Exception {
        InetAddress loopback = InetAddress.getByAddress("localhost",
                new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        assertThat(HostPort.of(new InetSocketAddress(loopback, 7))).hasToString("[::1]:7");
    }

    @Test
    void aListDropsBlanksAndKeepsTheOrder() {
        assertThat(HostPort.list(" b:2 ,[::1]:1")).extracting(HostPort::toString).containsExactly("b:2", "[::1]:1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "a:1,b:2,A:1         | 'a:1' is given twice",
        "[::1]:1,[0::1]:1    | '[::1]:1' is given twice",
        "a:1,                | not host:port: ''",
        "a:0                 | not host:port: 'a:0' (a port to connect to is 1..65535)"})
    void aListThatCannotBeConnectedToSaysWhy(String text, String message) {
        assertThatThrownBy(() -> HostPort.list(text)).hasMessage(message);
    }
}
