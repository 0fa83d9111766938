using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Archives;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Damaged files end in a result that another reader agrees with, or in a located fault; in nothing else.</summary>
public sealed class MutationTests
{
    private const int Files = 1_000;

    private static readonly SubjectIndex Subjects = new(["dev1", "gw-1", "😀-😁"]);

    [Theory]
    [InlineData("null", 100)]
    [InlineData("deflate", 5)]
    [InlineData("snappy", 1)]
    [InlineData("zstandard", 1)]
    public async Task Avro_Damaged_EndsInAgreementOrFault(string codec, int agreements)
    {
        var original = AvroRecoding.Recode(ApacheAvro.Write(Sample(), syncEvery: 5), codec);
        var outcomes = await MutateAsync(original, file => ApacheAvro.Read(AvroRecoding.Recode(file, "null")));
        Assert.InRange(outcomes.Faults, 100, Files);
        Assert.InRange(outcomes.Agreements, agreements, Files);
    }

    [Fact]
    public async Task Capture_Damaged_EndsInAgreementOrFault()
    {
        var outcomes = await MutateAsync(CaptureFile.Write(Sample(), seed: 3), CaptureFile.Read);
        Assert.InRange(outcomes.Faults, 100, Files);
        Assert.InRange(outcomes.Agreements, 100, Files);
    }

    [Fact]
    public async Task JsonLines_Damaged_EndsInAgreementOrFault()
    {
        var original = JsonLine.Write(Sample(), seed: 3);
        var outcomes = await MutateAsync(original, file => ReadLines(file, JsonLine.Read));
        Assert.InRange(outcomes.Faults, 100, Files);
        Assert.InRange(outcomes.Agreements, 100, Files);
    }

    [Fact]
    public async Task Logs_Damaged_EndInAResultOrFault()
    {
        var outcomes = await MutateAsync(ServiceRecord.WriteLines(Sample(), seed: 3), readAgain: null);
        Assert.InRange(outcomes.Faults, 100, Files);
    }

    [Fact]
    public async Task Array_Damaged_EndsInAResultOrFault()
    {
        var outcomes = await MutateAsync(ServiceRecord.WriteArray(Sample(), seed: 3), readAgain: null);
        Assert.InRange(outcomes.Faults, 100, Files);
    }

    private static Message[] Sample()
        => MessageGen.Message.Array[25].Single(messages => NaiveMatching.Count(Subjects, messages).Count > 1, "0N0XIzNsQ0O2");

    private static async Task<(int Faults, int Agreements)> MutateAsync(byte[] original, Func<byte[], IReadOnlyList<Message>>? readAgain)
    {
        var faults = 0;
        var agreements = 0;
        for (var seed = 0; seed < Files; seed++)
        {
            var file = Mutation.Apply(original, new Random(seed));
            try
            {
                var scan = await Archive.ScanAsync(file, Subjects);
                var selection = new RecordSelection(Subjects);
                var (rewrite, result) = await Archive.RewriteAsync(file, selection, chunks: seed);
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
                await SearchDamagedAsync(file);
            }
        }

        return (faults, agreements);
    }

    // A search may pass over damage in lines that it needs nothing of, but it too ends in a result or a fault.
    private static async Task SearchDamagedAsync(byte[] file)
    {
        try
        {
            var scan = await Archive.ScanAsync(file, new ScanRequest(Subjects));
            Assert.Equal(file.Length, scan.BytesRead);
        }
        catch (ArchiveFormatException e)
        {
            Assert.InRange(e.Offset, 0, file.Length);
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
