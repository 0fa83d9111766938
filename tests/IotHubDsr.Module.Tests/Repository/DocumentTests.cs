using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Module.Tests.Repository;

/// <summary>What the documents say of files, tests and roles is there as they say it.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Known = ["src/IotHubDsr.Core", "", "docs"];

    public static TheoryData<string> Documents =>
        [
            .. Directory
                .EnumerateFiles(RepositoryPaths.Root, "*.md")
                .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "docs"), "*.md"))
                .Select(static path => Path.GetRelativePath(RepositoryPaths.Root, path).Replace('\\', '/')),
        ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void EveryLink_LeadsToAFile(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(RepositoryPaths.Root, document))!;

        Assert.All(Links().Matches(Read(document)).Select(static match => match.Groups[1].Value), link =>
            Assert.True(File.Exists(Path.Combine(folder, link)), $"{document} links to {link}.")
        );
    }

    [Fact]
    public void Architecture_NamesOnlyFilesAndTestsThatExist()
    {
        string text = Read("docs/ARCHITECTURE.md");
        List<string> files =
        [
            .. SourceFiles().Matches(text).Select(static match => match.Groups[1].Value).Distinct(StringComparer.Ordinal),
        ];
        List<(string Class, string Method)> tests =
        [
            .. Tests().Matches(text).Select(static match => (match.Groups[1].Value, match.Groups[2].Value)),
        ];

        Assert.InRange(files.Count, 50, int.MaxValue);
        Assert.All(files, static file =>
            Assert.True(Known.Any(folder => File.Exists(Path.Combine(RepositoryPaths.Root, folder, file))), $"There is no {file}.")
        );
        Assert.InRange(tests.Count, 30, int.MaxValue);
        Assert.All(tests, static test =>
        {
            string file = Assert.Single(
                Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "tests"), $"{test.Class}.cs", SearchOption.AllDirectories)
            );
            Assert.Matches($@" {test.Method}\(", File.ReadAllText(file));
        });
    }

    [Fact]
    public void Architecture_FirstJourney_TakesFortyFilesAtMost()
    {
        string journey = Read("docs/ARCHITECTURE.md")
            .Split("\n### ")
            .Single(static part => part.Contains("to a commit", StringComparison.Ordinal));

        Assert.InRange(
            SourceFiles().Matches(journey).Select(static match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).Count(),
            20,
            40
        );
    }

    [Fact]
    public void Permissions_ListEachCustomRoleWithItsActions()
    {
        string text = Read("docs/permissions.md");
        var defined = Directory
            .EnumerateFiles(Path.Combine(RepositoryPaths.Root, "module", "Roles"), "*.json")
            .ToDictionary(static path => Path.GetFileNameWithoutExtension(path), static path => ActionsOf(path), StringComparer.Ordinal);
        var listed = RoleRows()
            .Matches(text)
            .ToDictionary(static row => row.Groups[1].Value, static row => Quoted(row.Groups[2].Value), StringComparer.Ordinal);

        Assert.Equal(defined.Keys.Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        Assert.All(defined, role => Assert.Equal(role.Value.Order(StringComparer.Ordinal), listed[role.Key].Order(StringComparer.Ordinal)));
        string explained = text.Split("\n## ").Single(static part => part.StartsWith("Custom roles", StringComparison.Ordinal));
        Assert.All(defined.Keys, role => Assert.Contains($"`{role}`", explained, StringComparison.Ordinal));
    }

    [Fact]
    public void Permissions_NameEachBuiltInRoleThatErrorsAskFor()
    {
        string text = Read("docs/permissions.md");
        IEnumerable<string> asked = Directory
            .EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src", "IotHubDsr.Core"), "*.cs", SearchOption.AllDirectories)
            .Where(static path =>
                !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            )
            .SelectMany(static path => BuiltInRoles().Matches(File.ReadAllText(path)).Select(static match => match.Groups[1].Value))
            .Distinct(StringComparer.Ordinal);

        Assert.All(asked, role => Assert.Contains($"`{role}`", text, StringComparison.Ordinal));
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(RepositoryPaths.Root, document)).ReplaceLineEndings("\n");

    private static List<string> ActionsOf(string path)
    {
        using var role = JsonDocument.Parse(File.ReadAllText(path));
        return
        [
            .. new[] { "Actions", "DataActions" }.SelectMany(name =>
                role.RootElement.GetProperty(name).EnumerateArray().Select(static action => action.GetString()!).ToList()
            ),
        ];
    }

    private static List<string> Quoted(string cell) => [.. Code().Matches(cell).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"`((?:[\w.]+/)*\w+\.cs)`")]
    private static partial Regex SourceFiles();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Tests();

    [GeneratedRegex(@"^\| `((?:Read|Erase|Write)-\w+)` \| (`Microsoft\..*)\|$", RegexOptions.Multiline)]
    private static partial Regex RoleRows();

    [GeneratedRegex("\"((?:IoT Hub Data|Storage Blob Data) (?:Reader|Contributor|Owner))\"")]
    private static partial Regex BuiltInRoles();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
