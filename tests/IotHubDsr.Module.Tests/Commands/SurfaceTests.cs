using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text;
using IotHubDsr.Module.Tests.Help;

namespace IotHubDsr.Module.Tests.Commands;

/// <summary>
/// What scripts and people rely on of each command: its syntax, and everything that PowerShell binds, validates, converts and completes by.
/// A change on purpose is approved by copying the received file over the approved one.
/// </summary>
public sealed class SurfaceTests(HelpSession session) : IClassFixture<HelpSession>
{
    private const string Approved = "tests/IotHubDsr.Module.Tests/Commands/Surface.approved.txt";

    [Fact]
    public void EveryCommand_HasTheApprovedSyntaxAndParameters()
    {
        string received = string.Concat(session.Commands.OrderBy(static command => command.Name, StringComparer.Ordinal).Select(Describe));
        string receivedPath = Path.Combine(AppContext.BaseDirectory, "Surface.received.txt");
        File.WriteAllText(receivedPath, received);
        string approved = File.ReadAllText(Path.Combine(RepositoryPaths.Root, Approved)).ReplaceLineEndings("\n");

        Assert.True(approved == received, $"{FirstDifference(approved, received)} Compare {receivedPath} with {Approved}.");
    }

    [Fact]
    public void EveryCommand_HasTheOneBase() =>
        Assert.All(session.Commands, static command =>
            Assert.Equal("IotHubDsr.Pipeline.DsrCommand", command.ImplementingType.BaseType?.FullName)
        );

    private string Describe(CmdletInfo command)
    {
        var text = new StringBuilder();
        CmdletAttribute cmdlet = command.ImplementingType.GetCustomAttribute<CmdletAttribute>()!;
        text.Append(CultureInfo.InvariantCulture, $"# {command.Name}\n");
        text.Append(CultureInfo.InvariantCulture, $"asks: {cmdlet.SupportsShouldProcess}, {cmdlet.ConfirmImpact}\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"set by default: {(string.IsNullOrEmpty(command.DefaultParameterSet) ? "none" : command.DefaultParameterSet)}\n"
        );
        foreach (PSObject syntax in session.Run("param($name) Get-Command -Name $name -Syntax", command.Name))
            text.Append(syntax.ToString().Trim().ReplaceLineEndings("\n")).Append('\n');
        foreach (ParameterMetadata parameter in command.Parameters.Values.Where(static one => !IsCommon(one.Name)))
            Describe(parameter, text);
        return text.Append('\n').ToString();
    }

    private static void Describe(ParameterMetadata parameter, StringBuilder text)
    {
        string aliases = parameter.Aliases.Count == 0 ? string.Empty : $", alias {string.Join(", ", parameter.Aliases)}";
        text.Append(CultureInfo.InvariantCulture, $"-{parameter.Name}: {parameter.ParameterType}{aliases}\n");
        foreach ((string set, ParameterSetMetadata one) in parameter.ParameterSets.OrderBy(static set => set.Key, StringComparer.Ordinal))
        {
            List<string> words = [];
            if (one.IsMandatory)
                words.Add("mandatory");
            if (one.Position >= 0)
                words.Add($"position {one.Position}");
            if (one.ValueFromPipeline)
                words.Add("by value");
            if (one.ValueFromPipelineByPropertyName)
                words.Add("by property name");
            if (one.ValueFromRemainingArguments)
                words.Add("remaining arguments");
            text.Append($"  in {set}: {string.Join(", ", words)}".TrimEnd()).Append('\n');
        }

        foreach (string attribute in parameter.Attributes.Where(IsOfCommand).Select(InWords))
            text.Append(CultureInfo.InvariantCulture, $"  {attribute}\n");
        if (parameter.IsDynamic)
            text.Append("  dynamic\n");
    }

    private static string InWords(Attribute attribute)
    {
        IEnumerable<string> values = attribute
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.Name != nameof(Attribute.TypeId) && property.GetIndexParameters().Length == 0)
            .OrderBy(static property => property.Name, StringComparer.Ordinal)
            .Select(property => $"{property.Name}={Plain(property.GetValue(attribute))}");
        return $"{attribute.GetType().Name}({string.Join("; ", values)})";
    }

    /// <summary>Sets and aliases are told in words; what the compiler notes for itself is nobody's.</summary>
    private static bool IsOfCommand(Attribute attribute) =>
        attribute is not (ParameterAttribute or AliasAttribute) && attribute.GetType().Namespace != "System.Runtime.CompilerServices";

    private static string Plain(object? value) =>
        value is IEnumerable many and not string
            ? string.Join(',', many.Cast<object>())
            : string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static bool IsCommon(string name) =>
        Cmdlet.CommonParameters.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Cmdlet.OptionalCommonParameters.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string FirstDifference(string approved, string received)
    {
        string[] before = approved.Split('\n');
        string[] now = received.Split('\n');
        int line = before.Zip(now).TakeWhile(static pair => pair.First == pair.Second).Count();
        return $"Line {line + 1} was '{before.ElementAtOrDefault(line)}' and is '{now.ElementAtOrDefault(line)}'.";
    }
}
