namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>The default performer, and the tool.</summary>
internal static class Tool
{
    public static string Version { get; } = $"IotHubDsr {typeof(Tool).Assembly.GetName().Version!.ToString(3)}";

    public static string Performer { get; } = $"{Environment.UserName}@{Environment.MachineName}";
}
