using System.Text;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>The sieves pass over what cannot match, and over nothing else.</summary>
public sealed class SieveTests
{
    private const string Foreign =
        """{"EnqueuedTimeUtc":"t","Properties":{"deviceId":"dev10","a":""},"SystemProperties":{"connectionDeviceId":"dev10"},"Body":""}""";

    private static readonly SubjectIndex Dev1 = new(["dev1"]);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void PassOver_ForeignLines_PassesAll(string newLine)
    {
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Foreign + newLine, 50)));

        int next = new JsonSieve(Dev1).PassOverLines(lines, 0, maxBytes: 10_000, out int passed);

        Assert.Equal((50, lines.Length), (passed, next));
    }

    [Theory]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId" : "dev1"}}""")]
    [InlineData("""{"SystemProperties":{"iothub-connection-device-id":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10"},"Properties":{"deviceId":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10"},"Properties":{"ConnectionDeviceId":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10"},"Properties":{"\u0064eviceId":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10","iothub-connection\u002Ddevice-id":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10","connection\u0044eviceId":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10","connec\u0074ionDeviceId":"dev1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"d\u0065v1"}}""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10"},"Body":1""")]
    [InlineData("""["SystemProperties":{"connectionDeviceId":"dev10"}]""")]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev10"}{"SystemProperties":{"connectionDeviceId":"dev10"}}""")]
    [InlineData("""{"SystemProperties":{}}""")]
    [InlineData("")]
    public void PassOver_LineThatMayMatchOrIsNoWholeMessage_StopsAtIt(string line)
    {
        byte[] lines = Encoding.UTF8.GetBytes($"{Foreign}\n{Foreign}\n{line}\n{Foreign}\n{Foreign}\n");

        int next = new JsonSieve(Dev1).PassOverLines(lines, 0, maxBytes: 10_000, out int passed);

        Assert.Equal((2 * (Foreign.Length + 1), 2), (next, passed));
    }

    [Theory]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"a":1},"SystemProperties":{"connectionDeviceId":"dev10"},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"a":"1",,},"SystemProperties":{"connectionDeviceId":"dev10"},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"connectionDeviceId":"dev10"},"SystemProperties":{},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":""},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":["dev10"]},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":"{\"connectionDeviceId\":\"dev10\"}","Body":""}""")]
    [InlineData(
        """{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{},"Body":{"SystemProperties":{"connectionDeviceId":"dev10"}}}"""
    )]
    [InlineData(
        """{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"dev10","connectionDeviceId":"x"},"Body":""}"""
    )]
    public void PassOver_LineWhoseSenderStandsElsewhere_StopsAtIt(string line)
    {
        byte[] lines = Encoding.UTF8.GetBytes($"{Foreign}\n{Foreign}\n{line}\n{Foreign}\n");

        int next = new JsonSieve(Dev1).PassOverLines(lines, 0, maxBytes: 10_000, out int passed);

        Assert.Equal((2 * (Foreign.Length + 1), 2), (next, passed));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("]")]
    [InlineData(",\n{\"SystemProperties\":{\"connectionDeviceId\":\"dev1\"}}")]
    [InlineData(" ,                                                                 {\"Properties\":{\"deviceId\":\"dev1\"}}]")]
    public void PassesOver_ForeignRecord_WhateverFollows(string following)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Foreign + following);

        Assert.True(new JsonSieve(Dev1).PassesOver(bytes, Foreign.Length));
    }

    [Theory]
    [InlineData("""{"SystemProperties":{"connectionDeviceId":"dev1"}}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"dev1"},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"deviceId":"dev1"},"SystemProperties":{"connectionDeviceId":"dev10"},"Body":""}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"dev10"},"x":{"deviceId":"dev1"}}""")]
    [InlineData(
        """{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"dev10"},"x":{"d\u0065viceId":"dev1"}}"""
    )]
    [InlineData("{\"EnqueuedTimeUtc\":\"t\",\"Properties\":{},\"SystemProperties\":{\"connectionDeviceId\":\"dev10\"},\n\"Body\":\"\"}")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{}}""")]
    [InlineData("{}")]
    public void PassesOver_RecordThatMayMatchOrIsWrittenOtherwise_IsLeft(string record)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{record},{Foreign},{Foreign}");

        Assert.False(new JsonSieve(Dev1).PassesOver(bytes, record.Length));
    }

    [Fact]
    public void PassOver_LineLongerThanAllowed_StopsAtIt() =>
        Assert.Equal(0, new JsonSieve(Dev1).PassOverLines(Encoding.UTF8.GetBytes(Foreign + "\n"), 0, maxBytes: Foreign.Length, out _));
}
