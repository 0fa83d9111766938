using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace IotHubDsr.Pipeline;

/// <summary>
/// What numbers of a command's pipeline were typed as. PowerShell hands over <c>007</c> in a list or from the pipeline as 7; the script still has
/// the text.
/// </summary>
internal sealed class TypedNumbers
{
    private readonly Lazy<ILookup<object, string>> _texts;

    /// <param name="invocation">The command's.</param>
    public TypedNumbers(InvocationInfo invocation) => _texts = new Lazy<ILookup<object, string>>(() => Read(invocation));

    /// <summary>The text of a number as the script has it, or as a number is written; null when it cannot be told.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isOfScript">Whether the script has it.</param>
    public string? TextOf(object number, out bool isOfScript)
    {
        List<string> texts = [.. _texts.Value[number].Distinct(StringComparer.Ordinal)];
        isOfScript = texts.Count == 1;
        return texts switch
        {
            [string one] => one,
            [] when number is not (double or decimal) => ((IFormattable)number).ToString(format: null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private static ILookup<object, string> Read(InvocationInfo invocation)
    {
        IScriptExtent? extent = new CallStackFrame(invocation).Position;
        string? script = extent?.StartScriptPosition?.GetFullScript();
        if (string.IsNullOrEmpty(script))
            return Array.Empty<ConstantExpressionAst>().ToLookup(ast => ast.Value, ast => ast.Extent.Text);
        Ast? command = Parser.ParseInput(script, out _, out _).Find(
            ast => ast is CommandAst && ast.Extent.StartOffset == extent!.StartOffset, searchNestedScriptBlocks: true);
        IEnumerable<Ast> constants = command?.Parent.FindAll(IsLost, searchNestedScriptBlocks: false) ?? [];
        return constants.Cast<ConstantExpressionAst>().ToLookup(ast => ast.Value, ast => ast.Extent.Text);
    }

    /// <summary>
    /// A number in a list or in front of a pipe. One that is an argument itself brings its text, unless that is how the number is shown; and one
    /// that is the argument of another parameter is none of ours.
    /// </summary>
    private static bool IsLost(Ast ast) => ast is ConstantExpressionAst and not StringConstantExpressionAst && ast.Parent switch
    {
        CommandParameterAst parameter => IsForDevices(parameter) && IsShownAsWritten((ConstantExpressionAst)ast),
        CommandAst command => (Before(command, ast) is not CommandParameterAst parameter || IsForDevices(parameter)) && IsShownAsWritten((ConstantExpressionAst)ast),
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

    private static bool IsShownAsWritten(ConstantExpressionAst constant) => LanguagePrimitives.ConvertTo<string>(constant.Value) == constant.Extent.Text;
}
