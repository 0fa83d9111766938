using System.Text;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>
/// What an index of devices rests on: a device that a walk for nobody does not ask for is not in the file, whatever a walk for that device
/// would do.
/// </summary>
public sealed class AskedNamesTests
{
    private static readonly int Iterations = Repetitions.Of(60);

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    public Task AvroFile_AsksForEveryDeviceThatAScanFinds(string codec) =>
        Gen.Select(MessageGen.Messages, MessageGen.Subjects, Gen.Int[1, 50], Gen.Int)
            .SampleAsync(
                (messages, subjects, syncEvery, chunks) =>
                    AssertCoversAsync(AvroRecoding.Recode(ApacheAvro.Write(messages, syncEvery: syncEvery), codec), subjects, chunks),
                iter: Iterations
            );

    [Fact]
    public Task JsonLines_AskForEveryDeviceThatAScanFinds() =>
        Gen.Select(MessageGen.Messages, MessageGen.Subjects, Gen.Int, Gen.Int)
            .SampleAsync(
                (messages, subjects, spelling, chunks) => AssertCoversAsync(JsonLine.Write(messages, spelling), subjects, chunks),
                iter: Iterations
            );

    [Fact]
    public Task ServiceRecords_AskForEveryDeviceThatAScanFinds() =>
        Gen.Select(MessageGen.Messages, MessageGen.Subjects, Gen.Int, Gen.Int, Gen.Bool)
            .SampleAsync(
                (messages, subjects, spelling, chunks, isArray) =>
                    AssertCoversAsync(
                        isArray ? ServiceRecord.WriteArray(messages, spelling) : ServiceRecord.WriteLines(messages, spelling),
                        subjects,
                        chunks
                    ),
                iter: Iterations
            );

    [Fact]
    public async Task WalkThatMeetsASubject_IsNotComplete()
    {
        byte[] file = JsonLine.Write([Message.From("dev1"), Message.From("other")], 0);

        Assert.False((await AskAsync(file, new SubjectIndex(["dev1"]), chunks: 1)).Asked.IsComplete);
        Assert.True((await AskAsync(file, new SubjectIndex(["dev2"]), chunks: 1)).Asked.IsComplete);
    }

    [Fact]
    public void Names_AreKeptOnceAndExactly()
    {
        var asked = new AskedNames();
        string[] names =
        [
            .. Enumerable.Range(0, 5_000).Select(static i => i % 3 == 0 ? $"dev{i}" : $"DEV-{i % 700}-ü"),
            string.Empty,
            "a",
            "A",
        ];
        foreach (string name in names.Concat(names))
            asked.Add(Encoding.UTF8.GetBytes(name));

        Assert.Equal(names.Distinct(StringComparer.Ordinal), Names(asked));
        Assert.True(asked.IsComplete);
    }

    [Fact]
    public void MoreNamesThanAnIndexTakes_AreNotComplete()
    {
        var asked = new AskedNames();
        for (int i = 0; i <= AskedNames.Most; i++)
            asked.Add(Encoding.UTF8.GetBytes($"{i}"));

        Assert.False(asked.IsComplete);
        Assert.Equal(AskedNames.Most, asked.Count);
    }

    [Fact]
    public void LongerTextsThanAnyId_AreLeftOut()
    {
        var asked = new AskedNames();
        asked.Add(new byte[AskedNames.LongestId]);
        asked.Add(new byte[AskedNames.LongestId + 1]);

        Assert.Equal(1, asked.Count);
    }

    /// <summary>What a change of the matcher changes here needs another <see cref="MatcherVersion"/>: old entries would be wrong.</summary>
    [Fact]
    public async Task MatcherVersion_StandsForWhatIsAskedFor()
    {
        string[] lines =
        [
            """{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{"deviceId":"p1","ConnectionDeviceId":"p2","$.cdid":"p3","x":"n1"},"SystemProperties":{"connectionDeviceId":"s1","iothub-connection-device-id":"s2"},"Body":{"deviceId":"n2"}}""",
            """{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":{},"SystemProperties":{"connectionDeviceId":"s3"},"Body":"{}"}""",
            """{"EnqueuedTimeUtc":"2026-01-05T08:00:00Z","Properties":"{\"deviceId\":\"p4\"}","SystemProperties":"{\"connectionDeviceId\":\"s4\"}"}""",
            """{"temp":1,"IoTHub":{"ConnectionDeviceId":"s5","EnqueuedTime":"2026-01-05T08:00:00Z"}}""",
            """{"subject":"devices/e1/modules/m","data":{"deviceId":"e2","hubName":"h","twin":{"deviceId":"e3"},"systemProperties":{"iothub-connection-device-id":"e4"},"properties":{"deviceId":"e5"}}}""",
            """{"time":"2026-01-05T08:00:00Z","resourceId":"/r","operationName":"x","properties":"{\"deviceId\":\"l1\",\"query\":\"deviceId IN ['l2', \\\"l3\\\"]\"}"}""",
            """{"TimeGenerated":"2026-01-05T08:00:00Z","properties_s":"{\"deviceId\":\"l4\"}","DeviceId":"l5","AdditionalFields":{"properties_s":"{\"filter\":\"deviceId = 'l6'\"}"}}""",
            """{"time":"2026-01-05T08:00:00Z","resourceId":"/r","operationName":"x","properties":{"query":"tags.l7 = 'l8/l9'"}}""",
        ];
        (AskedNames asked, _) = await AskAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), new SubjectIndex([]), chunks: null);

        Assert.Equal(
            (2, "e1 e2 e3 e4 e5 l1 l2 l3 l4 l5 l6 l7 l8 l8/l9 l9 p1 p2 p3 p4 s1 s2 s3 s4 s5"),
            (MatcherVersion.Current, Sorted(asked))
        );
    }

    private static string Sorted(AskedNames asked) => string.Join(' ', Names(asked).Order(StringComparer.Ordinal));

    private static List<string> Names(AskedNames asked) =>
        [.. Enumerable.Range(0, asked.Count).Select(index => Encoding.UTF8.GetString(asked[index]))];

    private static async Task AssertCoversAsync(byte[] file, SubjectIndex subjects, int chunks)
    {
        (AskedNames nobody, ArchiveScan empty) = await AskAsync(file, new SubjectIndex([]), chunks);
        ArchiveScan found = await Archive.ScanAsync(file, new ScanRequest(subjects), chunks + 1);
        HashSet<string> asked = [.. Names(nobody)];

        // Every device that is found was asked for; where none was asked for, nothing at all is different.
        Assert.True(nobody.IsComplete);
        Assert.Empty(empty.Subjects);
        Assert.All(found.Subjects, subject => Assert.Contains(subject.DeviceId, asked));
        if (!Enumerable.Range(0, subjects.Count).Any(subject => asked.Contains(subjects[subject])))
        {
            (AskedNames same, ArchiveScan again) = await AskAsync(file, subjects, chunks);
            Assert.Equal(empty, again with { Subjects = empty.Subjects, LaterDevices = empty.LaterDevices });
            Assert.Equal(asked, Names(same).ToHashSet(StringComparer.Ordinal));
            Assert.Equal(empty.Unread, found.Unread);
        }
    }

    private static async Task<(AskedNames Asked, ArchiveScan Scan)> AskAsync(byte[] file, SubjectIndex subjects, int? chunks)
    {
        var asked = new AskedNames();
        ArchiveScan scan = await Archive.ScanAsync(file, new ScanRequest(subjects.Noting(asked)), chunks);
        return (asked, scan);
    }
}
