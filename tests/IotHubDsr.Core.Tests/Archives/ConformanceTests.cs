using System.Diagnostics;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>What erasure leaves of an Avro file is read by readers of other making just like a file that never held the rest.</summary>
public sealed class ConformanceTests
{
    private const string Read = "read.js";

    [AvrocatTheory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    public Task Avrocat_ReadsWhatIsLeft(string codec) => AssertReadsAlikeAsync(codec, file => RunAsync("avrocat", file));

    [AvscTheory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    public Task Avsc_ReadsWhatIsLeft(string codec) =>
        AssertReadsAlikeAsync(codec, file => RunAsync("node", Path.Combine(Folder, Read), file));

    public static string Folder { get; } = RepositoryPaths.Conformance("avro");

    private static async Task AssertReadsAlikeAsync(string codec, Func<string, Task<string>> readAsync)
    {
        var selection = new RecordSelection(new SubjectIndex(["dev1", "gw-1", "a/b"]));
        Message[] messages = MessageGen.Message.Array[400].Single(_ => true, "0N0XIzNsQ0O2");
        byte[] file = AvroRecoding.Recode(ApacheAvro.Write(messages, syncEvery: 9), codec);
        (ArchiveRewrite? rewrite, byte[]? spliced) = await Archive.RewriteAsync(file, selection);
        var kept = messages.Where(message => !NaiveMatching.Removes(selection, message)).ToList();
        Assert.InRange(rewrite.RecordsRemoved, 1, messages.Length - 1);

        DirectoryInfo folder = Directory.CreateTempSubdirectory("iothubdsr");
        try
        {
            string ours = Path.Combine(folder.FullName, "spliced.avro");
            string filtered = Path.Combine(folder.FullName, "filtered.avro");
            await File.WriteAllBytesAsync(ours, spliced);
            await File.WriteAllBytesAsync(filtered, AvroRecoding.Recode(ApacheAvro.Write(kept), codec));
            string expected = await readAsync(filtered);
            Assert.Equal(kept.Count, expected.Count(c => c == '\n'));
            Assert.Equal(expected, await readAsync(ours));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}

/// <summary>A test that needs Debian's avro-bin.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AvrocatTheoryAttribute : TheoryAttribute
{
    public AvrocatTheoryAttribute() => Skip = Tools.Has("avrocat") ? null : "Needs avrocat (Debian: avro-bin).";
}

/// <summary>A test that needs Node.js, and avsc as tests/conformance/avro installs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AvscTheoryAttribute : TheoryAttribute
{
    public AvscTheoryAttribute() =>
        Skip =
            Tools.Has("node") && Directory.Exists(Path.Combine(ConformanceTests.Folder, "node_modules", "avsc"))
                ? null
                : "Needs Node.js and avsc (npm ci --prefix tests/conformance/avro).";
}

internal static class Tools
{
    public static bool Has(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, tool)) || File.Exists(Path.Combine(folder, tool + ".exe")));
}
