namespace IotHubDsr;

/// <summary>A failure as reported to a person: what happened, to what, and what to do.</summary>
/// <param name="Id">Stable PascalCase name, the first part of PowerShell's FullyQualifiedErrorId.</param>
/// <param name="Category">Name of the category in PowerShell's ErrorCategory.</param>
/// <param name="Target">What it happened to: a device ID, a location, a path. Never a secret.</param>
/// <param name="Message">What happened.</param>
/// <param name="RecommendedAction">What a person can do about it.</param>
public sealed record Fault(string Id, FaultCategory Category, string Target, string Message, string RecommendedAction)
{
    /// <summary>The ID and the message.</summary>
    public override string ToString() => VisibleText.OfLine($"{Id}: {Message}");
}
