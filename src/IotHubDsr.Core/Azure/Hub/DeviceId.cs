using System.Buffers;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>What IoT Hub accepts as a device ID or module ID.</summary>
internal static class DeviceId
{
    private const int MaxLength = 128;

    // Today's documentation no longer lists '+' and '#', but hubs hold devices that were named when it did.
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:.+%_#*?!(),=@;$'"
    );

    /// <param name="deviceId">The ID, case-sensitive.</param>
    /// <param name="reason">What is wrong with it, as the end of a sentence; empty when nothing is.</param>
    public static bool TryValidate(string deviceId, out string reason)
    {
        int unusable = deviceId.AsSpan().IndexOfAnyExcept(Allowed);
        reason = deviceId switch
        {
            "" => "it is empty",
            // An address cannot name them: every client and server takes them for steps in the path, and "/devices/." lists all devices.
            "." or ".." => "it is a relative path segment",
            { Length: > MaxLength } => $"it has {deviceId.Length} characters",
            _ when unusable >= 0 => $"the character U+{(int)deviceId[unusable]:X4} at position {unusable + 1} is not allowed",
            _ => string.Empty,
        };
        return reason.Length == 0;
    }

    /// <summary>The ID as a segment of a path.</summary>
    /// <exception cref="DsrException">It is not an ID.</exception>
    public static string ToPathSegment(string id) =>
        TryValidate(id, out string reason) ? Uri.EscapeDataString(id) : throw FaultCatalogue.InvalidDeviceId.Exception(id, reason);
}
