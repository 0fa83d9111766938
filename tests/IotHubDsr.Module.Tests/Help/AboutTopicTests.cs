using System.Management.Automation;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Module.Tests.Help;

public sealed class AboutTopicTests(HelpSession session) : IClassFixture<HelpSession>
{
    private static readonly string Topic = File.ReadAllText(
            Path.Combine(RepositoryPaths.Root, "module", "en-US", "about_IotHubDsr.help.txt")
        )
        .ReplaceLineEndings("\n");

    [Fact]
    public void GetHelp_FindsTheTopicBesideTheManifest()
    {
        PSObject help = Assert.Single(session.Run("Get-Help -Name about_IotHubDsr"));

        Assert.Equal(Topic, $"{help}".ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Topic_FitsAnEightyColumnConsole() =>
        Assert.All(Topic.Split('\n').Where(static line => line.Trim().Contains(' ')), static line => Assert.InRange(line.Length, 0, 80));

    [Fact]
    public void Topic_ListsEveryFaultWithItsAction()
    {
        Type catalogue = Assert.IsAssignableFrom<Type>(Assert.Single(session.Run("[IotHubDsr.FaultCatalogue]")).BaseObject);
        var actions = catalogue
            .GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Select(static property => property.GetValue(null)!)
            .ToDictionary(static fault => Text(fault, "Id"), static fault => Text(fault, "RecommendedAction"), StringComparer.Ordinal);
        var listed = Regex
            .Matches(Section("ERRORS"), @"^ {4}([A-Z]\w+)\n((?: {8}.+\n)+)", RegexOptions.Multiline)
            .ToDictionary(static match => match.Groups[1].Value, static match => Flat(match.Groups[2].Value), StringComparer.Ordinal);

        Assert.Equal(actions.Keys.Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        Assert.All(actions, fault => Assert.Equal(Flat(Regex.Replace(fault.Value, @"\{\d\}", "<...>")), listed[fault.Key]));
    }

    [Fact]
    public void Topic_ExplainsEveryVerdict()
    {
        Type verdict = Assert.IsAssignableFrom<Type>(Assert.Single(session.Run("[IotHubDsr.Verdict]")).BaseObject);

        IEnumerable<string> explained = Regex
            .Matches(Section("VERDICTS"), @"^ {4}([A-Z]\w+)  +\w", RegexOptions.Multiline)
            .Select(static match => match.Groups[1].Value);

        Assert.Equal(Enum.GetNames(verdict), explained);
    }

    [Fact]
    public void Topic_NamesTheKindsOfLocationThatTheModuleReads()
    {
        using var connected = ModuleSession.Connected();
        IEnumerable<string> kinds = connected
            .Run("Get-IotDataLocation | Where-Object { \"$($_.Capabilities)\" -ne 'None' } | ForEach-Object Kind")
            .Output.Select(static kind => $"{kind}")
            .Distinct();

        IEnumerable<string> named = Regex
            .Matches(Section("SINKS"), @"^ {4}([A-Z]\w+)  +\w", RegexOptions.Multiline)
            .Select(static match => match.Groups[1].Value);

        // The seeded hub has most of them, and its store has no index.
        Assert.Empty(kinds.Except(named, StringComparer.Ordinal));
        Assert.Equal(["BlobChangeFeed", "DeviceIndex"], named.Except(kinds, StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>The commands of the section about rehearsals, block by block.</summary>
    internal static IReadOnlyList<string> RehearsalCommands() =>
        [
            .. Regex
                .Matches(Section("REHEARSAL"), @"^ {8}\$(?:.|\n {8})*", RegexOptions.Multiline)
                .Select(static match => Regex.Replace(match.Value, "^ {8}", "", RegexOptions.Multiline)),
        ];

    [Fact]
    public async Task LocationFileOfTheTopic_IsTakenAsItStands()
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, Indented(Section("LOCATION FILE"), '{'));
        try
        {
            using var rehearsal = ModuleSession.WithSandbox();
            ModuleOutcome outcome = rehearsal.Run(
                "param($file) $null = Connect-IotHubDsr -Sandbox $sandbox -LocationFile $file; Get-IotDataLocation",
                file
            );
            IEnumerable<string> locations = outcome.Output.Select(static location => $"{location}");

            Assert.Contains("RoutedBlobContainer stcontoso/old", locations);
            Assert.Contains("UnknownSink PowerBI dataset Telemetry", locations);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task ControlRequestsOfTheTopic_AreTakenAsTheyStand()
    {
        string rehearsal = Section("REHEARSAL");
        (string Operation, string Body)[] requests =
        [
            .. Regex
                .Matches(rehearsal, @"^ {4}POST (\w+) +(\{.*?\})", RegexOptions.Multiline)
                .Select(static match => (match.Groups[1].Value, match.Groups[2].Value)),
            ("faults", Indented(rehearsal, '{')),
        ];
        using var rehearsed = ModuleSession.WithSandbox();
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var client = new HttpClient(handler) { BaseAddress = rehearsed.SandboxObject.Value<Uri>("ControlUri") };
        client.DefaultRequestHeaders.Add("x-sandbox-key", rehearsed.SandboxObject.Text("ControlKey"));

        Assert.Equal(["clock", "access", "roles", "tokens", "hub", "faults"], requests.Select(static request => request.Operation));
        foreach ((string operation, string body) in requests)
        {
            using HttpResponseMessage response = await client.PostAsync(
                new Uri(operation, UriKind.Relative),
                JsonContent.Create(JsonDocument.Parse(body))
            );
            Assert.True(response.IsSuccessStatusCode, $"{operation}: {response.StatusCode}");
        }
    }

    private static string Section(string heading) =>
        Regex.Match(Topic, $@"^{heading}\n((?:[ ].*\n|\n)+)", RegexOptions.Multiline).Groups[1].Value;

    /// <summary>The first block of lines, indented by eight, that begins with a character.</summary>
    private static string Indented(string section, char first) =>
        Regex.Match(section, $@"^ {{8}}\{first}(?:.|\n {{8}})*", RegexOptions.Multiline).Value;

    private static string Text(object fault, string property) => (string)fault.GetType().GetProperty(property)!.GetValue(fault)!;

    private static string Flat(string text) => Regex.Replace(text, @"\s+", " ").Trim();
}
