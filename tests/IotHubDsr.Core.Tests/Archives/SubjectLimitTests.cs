using System.Text;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Subjects narrowed to a generation ID or a time window.</summary>
public sealed class SubjectLimitTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<Message> Message = Gen.Select(
        Gen.OneOf("dev1", "gw-1", "other"),
        Gen.OneOf("", "dev1"),
        Gen.OneOf("", "G1", "g1"),
        Gen.OneOf(-1, 0, 1),
        (sender, named, generation, hours) =>
            new Message(
                Noon.AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'"),
                named.Length > 0 ? [("deviceId", named)] : [],
                [("connectionDeviceId", sender), .. generation is "" ? [] : new[] { ("connectionDeviceGenerationId", generation) }],
                null
            )
    );

    [Fact]
    public Task Rewrite_GenerationAndWindow_TakesOnlyRecordsThatDoNotSayOtherwise() =>
        Gen.Select(Message.Array[0, 20], Gen.OneOf(null, "g1"), Gen.Bool, Gen.Bool, Gen.Int)
            .SampleAsync(
                async (messages, generation, from, before, seed) =>
                {
                    var subject = new Subject("dev1")
                    {
                        GenerationId = generation,
                        From = from ? Noon : null,
                        Before = before ? Noon.AddHours(1) : null,
                    };
                    var selection = new RecordSelection(SubjectIndex.Of([subject]), IncludeRelayed: true);
                    foreach (byte[]? file in new[] { ApacheAvro.Write(messages), JsonLine.Write(messages, seed) })
                    {
                        (ArchiveRewrite? rewrite, byte[] _) = await Archive.RewriteAsync(file, selection, chunks: seed);
                        Assert.Equal(messages.Count(message => IsAsked(subject, message)), rewrite.RecordsRemoved);
                    }
                },
                iter: Repetitions.Of(100)
            );

    [Fact]
    public async Task Scan_EventOfAnotherGeneration_IsNotTheSubjects()
    {
        byte[] file = Encoding.UTF8.GetBytes(
            """
            [{"subject":"devices/dev1","data":{"systemProperties":{"iothub-connection-auth-generation-id":"g0"}}},
             {"subject":"devices/dev1","data":{"systemProperties":{"iothub-connection-auth-generation-id":"g1"}}},
             {"subject":"devices/dev1","time":"2026-03-01T12:00:00Z"}]
            """
        );
        var subjects = SubjectIndex.Of([new Subject("dev1") { GenerationId = "g1", From = Noon }]);
        Assert.Equal(2, Assert.Single((await Archive.ScanAsync(file, subjects)).Subjects).Own.Records);
    }

    [Theory]
    [InlineData("SystemProperties")]
    [InlineData("Properties")]
    public async Task Rewrite_CaptureOfAnotherGeneration_IsNotTheSubjectsInWhicheverMapTheHubsAnnotationsLie(string map)
    {
        byte[] file = CaptureFile.Write(["g0", "g1", ""], map);
        var subjects = SubjectIndex.Of([new Subject("dev1") { GenerationId = "g1" }]);

        Assert.Equal(2, Assert.Single((await Archive.ScanAsync(file, subjects)).Subjects).Own.Records);
        Assert.Equal(2, (await Archive.RewriteAsync(file, new RecordSelection(subjects))).Rewrite.RecordsRemoved);
    }

    [Fact]
    public void Of_SameDeviceTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => SubjectIndex.Of([new Subject("dev1"), new Subject("dev1") { GenerationId = "1" }]));

    private static bool IsAsked(Subject subject, Message message)
    {
        string? generation = message.System.Where(p => p.Key is "connectionDeviceGenerationId").Select(p => p.Value).SingleOrDefault();
        var time = DateTimeOffset.Parse(message.Enqueued, System.Globalization.CultureInfo.InvariantCulture);
        return NaiveMatching.KindFor(new SubjectIndex(["dev1"]), "dev1", message) is { } kind
            && (kind is MatchKind.Attributed || subject.GenerationId is null || generation is null || generation == subject.GenerationId)
            && (subject.From is null || time >= subject.From)
            && (subject.Before is null || time < subject.Before);
    }
}
