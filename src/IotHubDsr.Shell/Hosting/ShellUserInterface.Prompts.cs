using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace IotHubDsr.Shell.Hosting;

/// <content>Field prompts, as for a missing mandatory parameter, and credentials.</content>
internal sealed partial class ShellUserInterface
{
    private const string HelpRequest = "!?";

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        prompts.EnsureSomebodyAnswers();
        WriteHeading(caption, message);
        if (descriptions.Any(field => !string.IsNullOrEmpty(field.HelpMessage)))
            output.WriteLine($"(Type {HelpRequest} for Help.)");
        return descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(AskField(field)));
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options)
    {
        prompts.EnsureSomebodyAnswers();
        WriteHeading(caption, message);
        string user = userName;
        while (string.IsNullOrWhiteSpace(user))
            user = prompts.ReadLine("User: ");
        return new PSCredential(user, prompts.ReadSecureLine($"Password for user {user}: "));
    }

    private object AskField(FieldDescription field)
    {
        Type type = Type.GetType(field.ParameterAssemblyFullName, throwOnError: false)
            ?? LanguagePrimitives.ConvertTo<Type>(field.ParameterTypeFullName);
        if (!typeof(IList).IsAssignableFrom(type))
            return AskValue(type, field, $"{field.Name}: ") ?? "";

        Type element = type.IsArray ? type.GetElementType()! : typeof(object);
        var values = new ArrayList();
        while (AskValue(element, field, Numbered(field, values.Count), endsWhenEmpty: true) is { } value)
            values.Add(value);
        return LanguagePrimitives.TryConvertTo(values, type, out object list) ? list : values;
    }

    private static string Numbered(FieldDescription field, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{field.Name}[{index}]: ");

    private object? AskValue(Type type, FieldDescription field, string prompt, bool endsWhenEmpty = false)
    {
        if (type == typeof(SecureString))
            return prompts.ReadSecureLine(prompt) is var secret && secret.Length == 0 && endsWhenEmpty ? null : secret;
        if (type == typeof(PSCredential))
            return PromptForCredential("", "", "", "");
        while (true)
        {
            string answer = prompts.ReadLine(prompt);
            if (answer == HelpRequest)
                output.WriteLine(string.IsNullOrEmpty(field.HelpMessage) ? $"No help is available for {field.Name}." : field.HelpMessage);
            else if (answer.Length == 0 && endsWhenEmpty)
                return null;
            else if (LanguagePrimitives.TryConvertTo(answer, type, CultureInfo.InvariantCulture, out object value))
                return value;
            else
                output.WriteLine($"Cannot recognize \"{answer}\" as a {type}.");
        }
    }

    private void WriteHeading(string? caption, string? message)
    {
        ClearProgress();
        if (!string.IsNullOrEmpty(caption))
            output.WriteLine(Environment.NewLine + PSStyle.Instance.Bold + caption + PSStyle.Instance.Reset);
        if (!string.IsNullOrEmpty(message))
            output.WriteLine(message);
    }
}
