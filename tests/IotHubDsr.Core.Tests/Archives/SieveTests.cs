using System.Text;
using IotHubDsr.Archives;
using IotHubDsr.Archives.Avro;
using IotHubDsr.Archives.Json;

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
    public void PassOver_ForeignLines_PassesAllButTheTail(string newLine)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Foreign + newLine, 50)));

        var next = new JsonLineSieve(Dev1).PassOver(lines, 0, out var passed);

        Assert.InRange(passed, 49, 50);
        Assert.Equal(passed * (Foreign.Length + newLine.Length), next);
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
        var lines = Encoding.UTF8.GetBytes($"{Foreign}\n{Foreign}\n{line}\n{Foreign}\n{Foreign}\n");

        var next = new JsonLineSieve(Dev1).PassOver(lines, 0, out var passed);

        Assert.Equal((2 * (Foreign.Length + 1), 2), (next, passed));
    }

    [Theory]
    [InlineData("connectionDeviceId", "dev10", 1, true)]
    [InlineData("connectionDeviceId", "dev10", 2, false)]
    [InlineData("connectionDeviceId", "dev1", 1, false)]
    [InlineData("iothub-connection-device-id", "dev10", 1, true)]
    [InlineData("iothub-connection-device-id", "dev1", 1, false)]
    [InlineData("messageId", "dev1", 0, true)]
    public void PassesOver_Block_OnlyWithoutSubjectAndWithOneSenderForEachRecord(string key, string value, long count, bool passes)
    {
        foreach (var padding in new[] { 0, 30, 31, 60, 64, 200 })
        {
            var record = OddAvroWriter.RoutedRecord(
                p => p.MapBlock(false, ("pad", new string('v', padding))).EndMap(), s => s.MapBlock(false, (key, value)).EndMap());
            Assert.Equal(passes, new AvroBlockSieve(Dev1).PassesOver(record, count));
        }
    }

    [Theory]
    [InlineData("deviceId", 0)]
    [InlineData("ConnectionDeviceId", 3)]
    public void PassesOver_BlockWithAttribution_HoweverItsLengthIsWritten_IsWalked(string key, int padding)
    {
        var record = new OddAvroWriter().Text("t").Long(1).Text(key).Long(4, padding).Raw("dev1"u8).Long(0)
            .MapBlock(false, ("connectionDeviceId", "gw")).EndMap().Long(0).ToArray();
        Assert.False(new AvroBlockSieve(Dev1).PassesOver(record, 1));
    }
}
