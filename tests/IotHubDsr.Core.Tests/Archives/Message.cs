namespace IotHubDsr.Core.Tests.Archives;

/// <summary>A routed message as tests state it. Lists, not dictionaries: a file may repeat a key.</summary>
public sealed record Message(
    string Enqueued,
    IReadOnlyList<(string Key, string Value)> Properties,
    IReadOnlyList<(string Key, string Value)> System,
    byte[]? Body
)
{
    /// <summary>Who sent it, as far as it says; files may repeat the property.</summary>
    public IEnumerable<string> Senders =>
        System.Where(p => p.Key is "connectionDeviceId" or "iothub-connection-device-id").Select(p => p.Value);

    public static Message From(string? sender, params (string Key, string Value)[] properties) =>
        new("2026-03-01T10:00:00.0000000Z", properties, sender is null ? [] : [("connectionDeviceId", sender)], "{\"t\":1}"u8.ToArray());
}
