using System.Buffers;

namespace IotHubDsr.Core.Azure.Provisioning;

/// <summary>What a Device Provisioning Service accepts as a registration ID: less than a hub accepts as the ID of a device.</summary>
internal static class RegistrationId
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:"
    );

    /// <summary>Whether a device can have come under its own ID.</summary>
    public static bool IsOne(string text) =>
        text.Length is > 0 and <= MaxLength && text is not ("." or "..") && text.AsSpan().IndexOfAnyExcept(Allowed) < 0;
}
