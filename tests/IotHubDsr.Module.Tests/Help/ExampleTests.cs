using System.Management.Automation;
using System.Management.Automation.Language;

namespace IotHubDsr.Module.Tests.Help;

public sealed class ExampleTests(HelpSession session) : IClassFixture<HelpSession>
{
    [Fact]
    public void EveryCommand_HasThreeExamplesOfItself() => Assert.All(HelpDocument.ReadAll(), static document =>
        {
            Assert.True(document.Examples.Count >= 3, $"There are {document.Examples.Count} examples.");
            Assert.All(document.Examples, example =>
            {
                Assert.Contains(document.Name, example.Code, StringComparison.Ordinal);
                Assert.Matches(@"^[^a-z].{20,}\.$", example.Remarks);
            });
        });

    [Fact]
    public void EveryExample_ParsesAndUsesRealParameters() =>
        Assert.All(HelpDocument.ReadAll().SelectMany(static document => document.Examples), example => AssertReal(example.Code));

    /// <summary>The documents with command lines.</summary>
    public static TheoryData<string> Documents =>
        [
            .. Directory
                .EnumerateFiles(RepositoryPaths.Root, "*.md")
                .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "docs"), "*.md"))
                .Select(static path => Path.GetRelativePath(RepositoryPaths.Root, path))
                .Where(static path => MarkdownBlocks(path, "powershell").Count > 0),
        ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void EveryCommandLineOfADocument_ParsesAndUsesRealParameters(string document) =>
        Assert.All(MarkdownBlocks(document, "powershell"), AssertReal);

    [Fact]
    public void Documents_WithCommandLines_AreTheReadmeAndOthers()
    {
        Assert.Contains(Documents.Cast<object[]>(), static row => row[0] is "README.md");
        Assert.InRange(Documents.Count, 3, int.MaxValue);
    }

    [Fact]
    public void EveryExampleScript_ParsesAndUsesRealParameters() =>
        Assert.All(
            Directory
                .EnumerateFiles(Path.Combine(RepositoryPaths.Root, "module", "Examples"), "*.ps1", SearchOption.AllDirectories)
                .Select(File.ReadAllText),
            AssertReal
        );

    private static List<string> MarkdownBlocks(string file, string language)
    {
        string[] parts = File.ReadAllText(Path.Combine(RepositoryPaths.Root, file)).ReplaceLineEndings("\n").Split("```");
        List<string> blocks =
        [
            .. parts
                .Where((part, index) => index % 2 == 1 && part.StartsWith($"{language}\n", StringComparison.Ordinal))
                .Select(part => part[language.Length..]),
        ];
        return blocks;
    }

    private void AssertReal(string code)
    {
        ScriptBlockAst script = Parser.ParseInput(code, out _, out ParseError[] errors);
        Assert.Empty(errors);
        foreach (CommandAst call in script.FindAll(static ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            string? name = call.GetCommandName();
            CmdletInfo? command = session.Commands.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (
                name?.Contains("-Iot", StringComparison.OrdinalIgnoreCase) == true
                && !name.StartsWith("Get-AzIot", StringComparison.OrdinalIgnoreCase)
            )
            {
                Assert.True(command is not null, $"{name} is not a command of the module.");
            }

            if (command is null)
                continue;
            Assert.All(call.CommandElements.OfType<CommandParameterAst>(), parameter =>
                Assert.Contains(parameter.ParameterName, command.Parameters.Keys, StringComparer.Ordinal)
            );
        }
    }
}
