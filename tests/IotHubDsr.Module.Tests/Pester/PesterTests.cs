using System.Management.Automation.Language;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotHubDsr.Module.Tests.Pester;

/// <summary>
/// What an admin does, in PowerShell itself: each <c>It</c> of tests/Pester is a test here, once for each version of Pester.
/// </summary>
public sealed class PesterTests(PesterRuns runs) : IClassFixture<PesterRuns>
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "tests", "Pester");

    /// <summary>Version of Pester, file, and the names of the blocks around a test and its own.</summary>
    public static TheoryData<string, string, string> Tests { get; } = ReadTests();

    [Theory]
    [MemberData(nameof(Tests))]
    public async Task It(string version, string file, string name)
    {
        PesterRun run = await runs.OfAsync(version);

        PesterResult? result = run.Tests.SingleOrDefault(test => test.File == file && test.Name == name);

        Assert.True(result is not null, $"Pester did not run it:{Environment.NewLine}{run.Output}");
        Assert.True(result.Result == "Passed", $"{result.Result}: {result.Error}");
    }

    [Theory]
    [MemberData(nameof(PesterRuns.Versions), MemberType = typeof(PesterRuns))]
    public async Task Pester_RunsWhatStandsInTheFilesAndNothingElse(string version)
    {
        PesterRun run = await runs.OfAsync(version);

        Assert.Equal(
            Tests.Where(test => (string)test[0] == version).Select(test => $"{test[1]}: {test[2]}").Order(StringComparer.Ordinal),
            run.Tests.Select(test => $"{test.File}: {test.Name}").Order(StringComparer.Ordinal)
        );
    }

    private static TheoryData<string, string, string> ReadTests()
    {
        var tests = new TheoryData<string, string, string>();
        foreach (string file in Directory.EnumerateFiles(Folder, "*.Tests.ps1").Order(StringComparer.Ordinal))
        {
            ScriptBlockAst script = Parser.ParseFile(file, out _, out ParseError[] errors);
            Assert.Empty(errors);
            foreach (CommandAst it in script.FindAll(node => IsCall(node, "It"), searchNestedScriptBlocks: true).Cast<CommandAst>())
            {
                foreach (string version in PesterRuns.All)
                    tests.Add(version, Path.GetFileName(file), PathOf(it));
            }
        }

        return tests;
    }

    /// <summary>The names of a test's blocks and its own, as Pester puts them together.</summary>
    private static string PathOf(CommandAst it)
    {
        var names = new Stack<string>();
        for (Ast? node = it; node is not null; node = node.Parent)
        {
            if (IsCall(node, "It") || IsCall(node, "Context") || IsCall(node, "Describe"))
                names.Push(((StringConstantExpressionAst)((CommandAst)node).CommandElements[1]).Value);
        }

        return string.Join('.', names);
    }

    private static bool IsCall(Ast node, string command) => node is CommandAst call && call.GetCommandName() == command;
}

/// <summary>Runs all Pester tests once for each version of Pester, side by side.</summary>
public sealed class PesterRuns : IDisposable
{
    /// <summary>The whole suite takes a minute or two; a machine may be far slower.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(40);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pester ");
    private readonly Dictionary<string, Task<PesterRun>> _runs;

    public PesterRuns() => _runs = All.ToDictionary(version => version, RunAsync);

    /// <summary>The newest of each major version that is supported; restored with this project.</summary>
    public static IReadOnlyList<string> All { get; } = ["5.9.1", "6.2.0"];

    public static TheoryData<string> Versions { get; } = [.. All];

    internal Task<PesterRun> OfAsync(string version) => _runs[version];

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<PesterRun> RunAsync(string version)
    {
        string result = Path.Combine(_folder.FullName, $"{version}.jsonl");
        string script = Path.Combine(RepositoryPaths.Root, "tests", "Pester", "Invoke-Tests.ps1");
        string pester = Path.Combine(PowerShellTool.PackageFolder("Pester", version), "tools", "Pester.psd1");
        (int exitCode, string output, string errors) = await PowerShellRun.RunAsync(
            ["-NonInteractive", "-File", script, "-Pester", pester, "-Result", result],
            patience: Patience
        );
        string[] lines = File.Exists(result) ? await File.ReadAllLinesAsync(result) : [];
        return new PesterRun(
            $"Exit code {exitCode}{Environment.NewLine}{output}{errors}",
            [.. lines.Select(line => JsonSerializer.Deserialize<PesterResult>(line)!)]
        );
    }
}

internal sealed record PesterRun(string Output, IReadOnlyList<PesterResult> Tests);

internal sealed record PesterResult(
    [property: JsonPropertyName("file")] string File,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("result")] string Result,
    [property: JsonPropertyName("error")] string Error
);
