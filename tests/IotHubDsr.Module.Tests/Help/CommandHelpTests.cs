using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;

namespace IotHubDsr.Module.Tests.Help;

public sealed class CommandHelpTests(HelpSession session) : IClassFixture<HelpSession>
{
    private static readonly Dictionary<string, HelpDocument> Documents = HelpDocument
        .ReadAll()
        .ToDictionary(static document => document.Name, StringComparer.Ordinal);

    [Fact]
    public void Manifest_ExportsExactlyTheCmdletsOfTheAssembly()
    {
        Assembly assembly = session.Commands[0].ImplementingType.Assembly;
        IEnumerable<string> cmdlets = assembly
            .GetTypes()
            .Select(static type => type.GetCustomAttribute<CmdletAttribute>())
            .OfType<CmdletAttribute>()
            .Select(static cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}");

        Assert.Equal(
            cmdlets.Order(StringComparer.Ordinal),
            session.Commands.Select(static command => command.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void HelpFile_DescribesExactlyTheExportedCommands() =>
        Assert.Equal(
            session.Commands.Select(static command => command.Name).Order(StringComparer.Ordinal),
            Documents.Keys.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void EveryCommand_SaysWhatItDoesAndWhatItNeeds() => Assert.All(session.Commands, static command =>
        {
            HelpDocument document = Documents[command.Name];
            Assert.Matches(@"^[A-Z].{20,}\.$", document.Synopsis);
            string permissions = Assert.Single(document.Description, static text =>
                text.StartsWith("Permissions: ", StringComparison.Ordinal)
            );
            if (command.Verb is not ("Start" or "Stop" or "Disconnect") && command.Noun != "IotHubDsrContext")
                Assert.Matches("Reader|Contributor", permissions);
            Assert.Contains("about_IotHubDsr", document.Links);
        });

    [Fact]
    public void EveryParameter_IsDescribedAsItIs() => Assert.All(session.Commands, static command =>
        {
            IReadOnlyList<HelpParameter> described = Documents[command.Name].Parameters;
            IEnumerable<string> real = command.Parameters.Keys.Except(Cmdlet.CommonParameters, StringComparer.OrdinalIgnoreCase);
            Assert.Equal(
                real.Order(StringComparer.Ordinal),
                described.Select(static parameter => parameter.Name).Order(StringComparer.Ordinal)
            );
            Assert.All(described, parameter =>
            {
                CommandParameterInfo info = command
                    .ParameterSets.SelectMany(static set => set.Parameters)
                    .First(one => one.Name == parameter.Name);
                Assert.True(parameter.Description.Length > 20, $"{parameter.Name} is not described.");
                Assert.Equal(info.ParameterType.Name, parameter.Type);
                Assert.Equal(info.IsMandatory, parameter.Required);
                Assert.Equal(info.Position < 0 ? "named" : $"{info.Position}", parameter.Position);
                Assert.Equal(info.Aliases.Count == 0 ? "none" : string.Join(", ", info.Aliases), parameter.Aliases);
                Assert.Equal(info.ValueFromPipeline, parameter.PipelineInput.Contains("ByValue", StringComparison.Ordinal));
                Assert.Equal(
                    info.ValueFromPipelineByPropertyName,
                    parameter.PipelineInput.Contains("ByPropertyName", StringComparison.Ordinal)
                );
            });
        });

    [Fact]
    public void EveryParameterSet_HasItsSyntax() =>
        Assert.All(session.Commands, static command =>
            Assert.Equal(
                command
                    .ParameterSets.Select(static set => NamesOf(set.Parameters.Select(static parameter => parameter.Name)))
                    .Order(StringComparer.Ordinal),
                Documents[command.Name].Syntaxes.Select(NamesOf).Order(StringComparer.Ordinal)
            )
        );

    [Fact]
    public void EveryOutputType_IsTheDeclaredOne() =>
        Assert.All(session.Commands, static command =>
            Assert.Equal(
                command.OutputType.Select(static type => type.Name == "System.Void" ? "None" : type.Name).Order(StringComparer.Ordinal),
                Documents[command.Name].OutputTypes.Order(StringComparer.Ordinal)
            )
        );

    [Fact]
    public void EveryLink_LeadsSomewhere() =>
        Assert.All(
            Documents.Values.SelectMany(static document => document.Links).Where(static link => Regex.IsMatch(link, "^[A-Z][a-z]+-Iot")),
            link => Assert.Contains(link, session.Commands.Select(static command => command.Name))
        );

    [Fact]
    public void GetHelp_FindsEveryCommandInTheStagedModule() => Assert.All(session.Commands, command =>
        {
            PSObject help = Assert.Single(session.Run("param($name) Get-Help -Name $name -Full", command.Name));
            Assert.Equal(Documents[command.Name].Synopsis, help.Properties["Synopsis"].Value);
            var examples = (PSObject)help.Properties["examples"].Value;
            Assert.Equal(Documents[command.Name].Examples.Count, ((Array)examples.Properties["example"].Value).Length);
        });

    private static string NamesOf(IEnumerable<string> parameters) =>
        string.Join(' ', parameters.Except(Cmdlet.CommonParameters, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal));
}
