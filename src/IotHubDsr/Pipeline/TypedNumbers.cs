using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace IotHubDsr.Pipeline;

/// <summary>
/// What numbers of a command's pipeline were typed as. PowerShell hands over <c>007</c> in a list or from the pipeline as 7; the script
/// still has the text. A text that is not how the number is shown counts only where all that can give numbers is written out: with a
/// variable or a computation beside it, <c>$row.Id, 007</c>, the 7 can be another one.
/// </summary>
internal sealed class TypedNumbers
{
    private readonly Lazy<(ILookup<object, string> Texts, bool IsWrittenOut)> _script;

    /// <param name="invocation">The command's.</param>
    public TypedNumbers(InvocationInfo invocation) => _script = new Lazy<(ILookup<object, string>, bool)>(() => Read(invocation));

    /// <summary>The text of a number as the script has it, or as a number is written; null if unknown.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isOfScript">Whether the script has it.</param>
    public string? TextOf(object number, out bool isOfScript)
    {
        List<string> texts = [.. _script.Value.Texts[number].Distinct(StringComparer.Ordinal)];
        isOfScript = texts.Count == 1;
        return texts switch
        {
            [string one] when _script.Value.IsWrittenOut || one == LanguagePrimitives.ConvertTo<string>(number) => one,
            [] when number is not (double or decimal) => ((IFormattable)number).ToString(format: null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private static (ILookup<object, string> Texts, bool IsWrittenOut) Read(InvocationInfo invocation)
    {
        IScriptExtent? extent = new CallStackFrame(invocation).Position;
        string? script = extent?.StartScriptPosition?.GetFullScript();
        CommandAst? command = string.IsNullOrEmpty(script)
            ? null
            : (CommandAst?)
                Parser
                    .ParseInput(script, out _, out _)
                    .Find(ast => ast is CommandAst && ast.Extent.StartOffset == extent!.StartOffset, searchNestedScriptBlocks: true);
        IEnumerable<Ast> constants = command?.Parent.FindAll(
            ast => IsLost(ast) && IsOfDevice(ast, command.Parent),
            searchNestedScriptBlocks: false
        )
            ?? [];
        return (
            constants.Cast<ConstantExpressionAst>().ToLookup(ast => ast.Value, ast => ast.Extent.Text),
            command is not null && IsWrittenOut(command, invocation.MyCommand)
        );
    }

    /// <summary>Whether nothing that the command can take devices from is computed.</summary>
    private static bool IsWrittenOut(CommandAst command, CommandInfo info)
    {
        if (command.Parent is not PipelineAst pipeline)
            return false;
        int index = pipeline.PipelineElements.IndexOf(command);
        return (index == 0 || index == 1 && pipeline.PipelineElements[0] is CommandExpressionAst piped && IsWrittenOut(piped.Expression))
            && command.CommandElements.Skip(1).All(element => !CanBeDevices(command, element, info) || IsWrittenOut(element));
    }

    /// <summary>An argument with a number in it that is not the value of another parameter.</summary>
    private static bool CanBeDevices(CommandAst command, CommandElementAst element, CommandInfo info) =>
        element.Find(IsLost, searchNestedScriptBlocks: false) is not null
        && (
            element is CommandParameterAst
            || Before(command, element) is not CommandParameterAst parameter
            || IsForDevices(parameter)
            || info.Parameters.Values.Any(known =>
                known.SwitchParameter && known.Name.StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase)
            )
        );

    private static bool IsWrittenOut(Ast? ast) =>
        ast switch
        {
            StringConstantExpressionAst or ConstantExpressionAst => true,
            CommandParameterAst parameter => !IsForDevices(parameter) || IsWrittenOut(parameter.Argument),
            ArrayLiteralAst list => list.Elements.All(IsWrittenOut),
            ParenExpressionAst paren => IsWrittenOut(paren.Pipeline),
            ArrayExpressionAst array => array.SubExpression.Statements.All(IsWrittenOut),
            SubExpressionAst inner => inner.SubExpression.Statements.All(IsWrittenOut),
            PipelineAst pipeline => pipeline.PipelineElements is [CommandExpressionAst expression] && IsWrittenOut(expression.Expression),
            ConvertExpressionAst convert => IsWrittenOut(convert.Child),
            HashtableAst table => table.KeyValuePairs.All(pair => !IsKeyOfDevice(pair.Item1) || IsWrittenOut(pair.Item2)),
            _ => false,
        };

    /// <summary>Not the value of another key of a hashtable than that of the device.</summary>
    private static bool IsOfDevice(Ast ast, Ast whole)
    {
        for (Ast inner = ast; inner != whole && inner.Parent is { } outer; inner = outer)
        {
            if (outer is HashtableAst table && !table.KeyValuePairs.Any(pair => pair.Item2 == inner && IsKeyOfDevice(pair.Item1)))
                return false;
        }

        return true;
    }

    private static bool IsKeyOfDevice(ExpressionAst key) =>
        key is StringConstantExpressionAst { Value: string name }
        && (
            string.Equals(name, "DeviceId", StringComparison.OrdinalIgnoreCase)
            || string.Equals(name, "Id", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>
    /// A number in a list or in front of a pipe. One that is an argument itself brings its text, unless that is how the number is shown;
    /// and one that is the argument of another parameter is none of ours.
    /// </summary>
    private static bool IsLost(Ast ast) =>
        ast is ConstantExpressionAst and not StringConstantExpressionAst
        && ast.Parent switch
        {
            CommandParameterAst parameter => IsForDevices(parameter) && IsShownAsWritten((ConstantExpressionAst)ast),
            CommandAst command => (Before(command, ast) is not CommandParameterAst parameter || IsForDevices(parameter))
                && IsShownAsWritten((ConstantExpressionAst)ast),
            _ => true,
        };

    private static CommandElementAst Before(CommandAst command, Ast argument)
    {
        int index = 1;
        while (command.CommandElements[index] != argument)
            index++;
        return command.CommandElements[index - 1];
    }

    private static bool IsForDevices(CommandParameterAst parameter) =>
        "DeviceId".StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase)
        || string.Equals("Id", parameter.ParameterName, StringComparison.OrdinalIgnoreCase);

    private static bool IsShownAsWritten(ConstantExpressionAst constant) =>
        LanguagePrimitives.ConvertTo<string>(constant.Value) == constant.Extent.Text;
}
