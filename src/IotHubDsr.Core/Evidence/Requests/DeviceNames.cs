using System.Text;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// Removes the device IDs of a request from what the operator wrote: a certificate shows the keyed hash of a device where a text names it,
/// in any case and also as a URL spells it.
/// </summary>
internal sealed class DeviceNames(IReadOnlyList<string> deviceIds, RequestKey key)
{
    public OperatorStatement Hide(OperatorStatement statement) =>
        statement with
        {
            BlobName = statement.BlobName is { } name ? Hide(name) : null,
            Ground = Hide(statement.Ground),
        };

    private string Hide(string text)
    {
        (string Form, string DeviceId)[] named =
        [
            .. deviceIds
                .SelectMany(static deviceId =>
                    (IEnumerable<(string Form, string DeviceId)>)[(deviceId, deviceId), (Uri.EscapeDataString(deviceId), deviceId)]
                )
                .Where(name => text.Contains(name.Form, StringComparison.OrdinalIgnoreCase))
                .OrderByDescending(static name => name.Form.Length),
        ];
        if (named.Length == 0)
            return text;

        // In one pass and the longest first: neither a hash nor a part of a longer ID is taken for an ID.
        var hidden = new StringBuilder();
        for (int index = 0; index < text.Length; )
        {
            ReadOnlySpan<char> rest = text.AsSpan(index);
            (string form, string deviceId) = At(rest, named);
            hidden.Append(form.Length == 0 ? rest[..1] : key.Subject(deviceId));
            index += Math.Max(form.Length, 1);
        }

        return hidden.ToString();
    }

    /// <summary>The longest name that a text begins with, by preference in its own case; nothing when there is none.</summary>
    private static (string Form, string DeviceId) At(ReadOnlySpan<char> text, (string Form, string DeviceId)[] named)
    {
        (string Form, string DeviceId) found = (string.Empty, string.Empty);
        foreach ((string Form, string DeviceId) name in named)
        {
            if (name.Form.Length < found.Form.Length)
                break;
            if (text.StartsWith(name.Form, StringComparison.Ordinal))
                return name;
            if (found.Form.Length == 0 && text.StartsWith(name.Form, StringComparison.OrdinalIgnoreCase))
                found = name;
        }

        return found;
    }
}
