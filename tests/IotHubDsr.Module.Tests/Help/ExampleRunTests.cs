using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotHubDsr.Module.Tests.Help;

/// <summary>Every example of every command's help, run on the sandbox in PowerShell as it stands.</summary>
public sealed class ExampleRunTests(ExampleRuns runs) : IClassFixture<ExampleRuns>
{
    /// <summary>Command and title of the example.</summary>
    public static TheoryData<string, string> Examples
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (HelpDocument document in HelpDocument.ReadAll())
            {
                foreach (HelpExample example in document.Examples)
                    data.Add(document.Name, example.Title.Trim());
            }

            data.Add(ExampleRuns.Topic, ExampleRuns.Rehearsal);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_RunsWithoutAnError(string command, string title)
    {
        (IReadOnlyList<ExampleResult> results, string output) = await runs.ResultsAsync();

        ExampleResult? result = results.SingleOrDefault(one => one.Command == command && one.Title == title);

        Assert.True(result is not null, $"It was not run: {output}");
        Assert.True(result.Error.Length == 0, result.Error);
    }
}

/// <summary>Runs the examples once, in one process.</summary>
public sealed class ExampleRuns : IDisposable
{
    /// <summary>The topic whose commands are run as well, one block after the other in one session.</summary>
    internal const string Topic = "about_IotHubDsr";

    internal const string Rehearsal = "REHEARSAL";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<(IReadOnlyList<ExampleResult> Results, string Output)>> _results;

    public ExampleRuns() => _results = new(RunAsync);

    internal Task<(IReadOnlyList<ExampleResult> Results, string Output)> ResultsAsync() => _results.Value;

    public void Dispose() => _folder.Dispose();

    private async Task<(IReadOnlyList<ExampleResult> Results, string Output)> RunAsync()
    {
        // Other runspaces find the module as they do where it is installed: in a folder of its name.
        Directory.CreateDirectory(_folder.File("modules"));
        Directory.CreateSymbolicLink(_folder.File("modules/IotHubDsr"), RepositoryPaths.Root);
        string examples = _folder.File("examples.json");
        string result = _folder.File("results.jsonl");
        await File.WriteAllTextAsync(
            examples,
            JsonSerializer.Serialize(
                HelpDocument
                    .ReadAll()
                    .SelectMany(static document =>
                        document.Examples.Select(example => new
                        {
                            Command = document.Name,
                            Title = example.Title.Trim(),
                            example.Code,
                        })
                    )
                    .Append(
                        new
                        {
                            Command = Topic,
                            Title = Rehearsal,
                            Code = string.Join('\n', AboutTopicTests.RehearsalCommands()),
                        }
                    )
            )
        );
        string script = Path.Combine(RepositoryPaths.Root, "tests", "IotHubDsr.Module.Tests", "Help", "Invoke-Examples.ps1");
        (int exitCode, string output, string errors) = await PowerShellRun.RunAsync(
            ["-NonInteractive", "-File", script, "-Examples", examples, "-Result", result],
            new Dictionary<string, string> { ["PSModulePath"] = _folder.File("modules") },
            TimeSpan.FromMinutes(30)
        );
        Directory.Delete(_folder.File("modules/IotHubDsr"));
        string[] lines = File.Exists(result) ? await File.ReadAllLinesAsync(result) : [];
        return (
            [.. lines.Select(static line => JsonSerializer.Deserialize<ExampleResult>(line)!)],
            $"Exit code {exitCode}: {output}{errors}"
        );
    }
}

internal sealed record ExampleResult(
    [property: JsonPropertyName("command")] string Command,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("seconds")] double Seconds
);
