namespace IotHubDsr.Core.Records;

/// <summary>The scope of a gateway: <c>ms-azure-iot-edge://gateway-638412345678901234</c>, its ID and its generation.</summary>
internal static class DeviceScope
{
    private const string Scheme = "ms-azure-iot-edge://";

    /// <summary>The device that a scope is of; null if it is none.</summary>
    public static string? DeviceOf(string scope)
    {
        if (!scope.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;

        // An ID can hold hyphens and digits itself: the generation is what follows the last hyphen.
        string rest = scope[Scheme.Length..];
        int end = rest.LastIndexOf('-');
        bool hasGeneration = end > 0 && end < rest.Length - 1 && rest.AsSpan(end + 1).IndexOfAnyExceptInRange('0', '9') < 0;
        return hasGeneration ? rest[..end] : rest;
    }
}
