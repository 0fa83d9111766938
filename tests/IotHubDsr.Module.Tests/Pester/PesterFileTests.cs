using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;

namespace IotHubDsr.Module.Tests.Pester;

public sealed class PesterFileTests
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "tests", "Pester");

    private static readonly string[] Names = [.. Directory.EnumerateFiles(Folder, "*.Tests.ps1").Select(file => Path.GetFileName(file)!)];

    public static TheoryData<string> Files { get; } = [.. Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_IsPowerShell(string file)
    {
        Parse(file, out ParseError[] errors);

        Assert.Empty(errors);
    }

    [Fact]
    public void EveryPesterTest_HasATwinHere_AndEveryTwinAPesterTest()
    {
        List<string> tests = [.. Names.SelectMany(file => TestsOf(Parse(file, out _)))];
        IEnumerable<string> twins = typeof(PesterFileTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .SelectMany(method => method.GetCustomAttributes<PesterTwinAttribute>())
            .Select(twin => twin.It);

        Assert.NotEmpty(tests);
        Assert.Equal(tests.Count, tests.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(tests.Order(StringComparer.Ordinal), twins.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_UsesCommandsAndParametersThatTheModuleHas(string file)
    {
        using ModuleSession session = ModuleSession.Open();
        Dictionary<string, CommandInfo> commands = session.Run("Get-Command -Module IotHubDsr").Output
            .Select(command => (CommandInfo)command.BaseObject).ToDictionary(command => command.Name, StringComparer.Ordinal);

        IEnumerable<CommandAst> calls = Parse(file, out _).FindAll(
            node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();
        List<CommandAst> ours = [.. calls.Where(call => call.GetCommandName()?.Contains("-Iot", StringComparison.Ordinal) ?? false)];

        Assert.NotEmpty(ours);
        foreach (CommandAst call in ours)
        {
            Assert.True(commands.TryGetValue(call.GetCommandName(), out CommandInfo? command), $"{call} does not exist.");
            Assert.All(call.CommandElements.OfType<CommandParameterAst>(), parameter => Assert.True(
                command.Parameters.Values.Any(
                    known => known.Name == parameter.ParameterName || known.Aliases.Contains(parameter.ParameterName)),
                $"{call.GetCommandName()} has no parameter {parameter}."));
        }
    }

    private static ScriptBlockAst Parse(string file, out ParseError[] errors) =>
        Parser.ParseFile(Path.Combine(Folder, file), out _, out errors);

    private static IEnumerable<string> TestsOf(ScriptBlockAst script) => script
        .FindAll(node => node is CommandAst command && command.GetCommandName() == "It", searchNestedScriptBlocks: true)
        .Cast<CommandAst>().Select(command => ((StringConstantExpressionAst)command.CommandElements[1]).Value);
}
