using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Damaged files end in a result that another reader agrees with, or in a located fault; in nothing else.</summary>
public sealed class MutationTests
{
    private static readonly int Files = Repetitions.Of(125);

    private static readonly SubjectIndex Subjects = new(["dev1", "gw-1", "😀-😁"]);

    [Theory]
    [InlineData("null", 100)]
    [InlineData("deflate", 5)]
    [InlineData("snappy", 1)]
    [InlineData("zstandard", 1)]
    public async Task Avro_Damaged_EndsInAgreementOrFault(string codec, int agreements)
    {
        byte[] original = AvroRecoding.Recode(ApacheAvro.Write(Sample(), syncEvery: 5), codec);
        (int Faults, int Agreements) outcomes = await MutateAsync(original, file => ApacheAvro.Read(AvroRecoding.Recode(file, "null")));
        Assert.InRange(outcomes.Faults, Files / 10, Files);
        Assert.InRange(outcomes.Agreements, agreements * Files / 1000, Files);
    }

    [Fact]
    public async Task Capture_Damaged_EndsInAgreementOrFault()
    {
        (int Faults, int Agreements) outcomes = await MutateAsync(CaptureFile.Write(Sample(), seed: 3), CaptureFile.Read);
        Assert.InRange(outcomes.Faults, Files / 10, Files);
        Assert.InRange(outcomes.Agreements, Files / 10, Files);
    }

    [Fact]
    public async Task JsonLines_Damaged_EndsInAgreementOrFault()
    {
        byte[] original = JsonLine.Write(Sample(), seed: 3);
        (int Faults, int Agreements) outcomes = await MutateAsync(original, file => ReadLines(file, JsonLine.Read));
        Assert.InRange(outcomes.Faults, Files / 10, Files);
        Assert.InRange(outcomes.Agreements, Files / 10, Files);
    }

    [Fact]
    public async Task Logs_Damaged_EndInAResultOrFault()
    {
        (int Faults, int Agreements) outcomes = await MutateAsync(ServiceRecord.WriteLines(Sample(), seed: 3), readAgain: null);
        Assert.InRange(outcomes.Faults, Files / 10, Files);
    }

    [Fact]
    public async Task Array_Damaged_EndsInAResultOrFault()
    {
        (int Faults, int Agreements) outcomes = await MutateAsync(ServiceRecord.WriteArray(Sample(), seed: 3), readAgain: null);
        Assert.InRange(outcomes.Faults, Files / 10, Files);
    }

    [Theory]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{"a":1,,},"SystemProperties":{"connectionDeviceId":"other"},"Body":{}}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"other",,},"Body":{}}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"other"},"Body":{,}}""")]
    [InlineData("""{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"other"},"Body":{}}}""")]
    public async Task JsonLines_DamageInAnothersLine_IsFoundByScanAndRewriteAlike(string damaged)
    {
        const string Whole = """{"EnqueuedTimeUtc":"t","Properties":{},"SystemProperties":{"connectionDeviceId":"dev1"},"Body":{}}""";
        for (int seed = 0; seed < 20; seed++)
            await AssertOneRuleAsync(Encoding.UTF8.GetBytes($"{Whole}\n{damaged}\n{Whole}\n"), seed);
    }

    private static Message[] Sample() =>
        MessageGen.Message.Array[25].Single(messages => NaiveMatching.Count(Subjects, messages).Count > 1, "0N0XIzNsQ0O2");

    private static async Task<(int Faults, int Agreements)> MutateAsync(byte[] original, Func<byte[], IReadOnlyList<Message>>? readAgain)
    {
        int faults = 0;
        int agreements = 0;
        for (int seed = 0; seed < Files; seed++)
        {
            byte[] file = Mutation.Apply(original, new Random(seed));
            try
            {
                ArchiveScan scan = await Archive.ScanAsync(file, Subjects);
                var selection = new RecordSelection(Subjects);
                (ArchiveRewrite? rewrite, byte[]? result) = await Archive.RewriteAsync(file, selection, chunks: seed);
                Assert.Equal(scan.RecordsRead, rewrite.RecordsRead);
                Assert.Equal(rewrite.KeptDigest, (await Archive.ScanAsync(result, Subjects)).Digest);
                if (readAgain is not null && TryRead(readAgain, file) is { } messages)
                {
                    Assert.Equal(messages.Count, scan.RecordsRead);
                    Assert.Equal(NaiveMatching.Count(Subjects, messages), NaiveMatching.Count(scan.Subjects));
                    Assert.Equal(messages.Count(m => !NaiveMatching.Removes(selection, m)), TryRead(readAgain, result)?.Count);
                    agreements++;
                }
            }
            catch (ArchiveFormatException e)
            {
                Assert.InRange(e.Offset, 0, file.Length);
                faults++;
            }

            await AssertOneRuleAsync(file, seed);
        }

        return (faults, agreements);
    }

    /// <summary>A scan in whatever pieces, with a digest or without, and a rewrite come to one result or to one fault.</summary>
    private static async Task AssertOneRuleAsync(byte[] file, int seed)
    {
        (ArchiveFault? Fault, long Offset, UnreadRecords Unread) search = await OutcomeAsync(async () =>
            (await Archive.ScanAsync(file, new ScanRequest(Subjects))).Unread
        );
        (ArchiveFault? Fault, long Offset, UnreadRecords Unread) digest = await OutcomeAsync(async () =>
            (await Archive.ScanAsync(file, new ScanRequest(Subjects, WithDigest: true), chunks: seed)).Unread
        );
        (ArchiveFault? Fault, long Offset, UnreadRecords Unread) rewrite = await OutcomeAsync(async () =>
            (await Archive.RewriteAsync(file, new RecordSelection(Subjects), chunks: seed + 1)).Rewrite.Unread
        );
        Assert.Equal(search, digest);
        Assert.Equal(search, rewrite);
    }

    private static async Task<(ArchiveFault? Fault, long Offset, UnreadRecords Unread)> OutcomeAsync(Func<Task<UnreadRecords>> walk)
    {
        try
        {
            return (null, 0, await walk());
        }
        catch (ArchiveFormatException e)
        {
            return (e.Fault, e.Offset, default);
        }
    }

    // The peers throw whatever comes to pass; that they could not read is all that matters.
    private static IReadOnlyList<Message>? TryRead(Func<byte[], IReadOnlyList<Message>> read, byte[] file)
    {
        try
        {
            return file.Length == 0 ? [] : read(file);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static List<Message> ReadLines(byte[] file, Func<string, Message> read)
    {
        // GetString would repair what JsonDocument, reading bytes, must judge.
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        strict.GetString(file);
        var lines = JsonLine.Split(file).Where(line => line.Trim(' ', '\t', '\r', '\n').Length > 0).ToList();
        return lines.TrueForAll(line => JsonDocument.Parse(line).RootElement.ValueKind is JsonValueKind.Object)
            ? lines.ConvertAll(line => read(line))
            : throw new InvalidDataException("a line is no object");
    }
}
