using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// Whether the account may purge, before anything is announced. An account that may purge need not be allowed to read the resource, and one
/// whose permissions cannot be listed may purge all the same: then the order tells.
/// </summary>
internal static class PurgeRights
{
    private const string ApiVersion = "2022-04-01";

    /// <exception cref="DsrException">It may not.</exception>
    public static async Task RequireAsync(ArmReader arm, LogPlace place, CancellationToken cancellationToken)
    {
        var call = new ArmCall(
            $"{place.Id.Path}/providers/Microsoft.Authorization/permissions",
            ApiVersion,
            $"the account's permissions on {place.Target}"
        );
        List<JsonElement> permissions = [];
        try
        {
            await foreach (JsonElement permission in arm.ListAsync(call, cancellationToken))
                permissions.Add(permission);
        }
        catch (DsrException unread)
        {
            OperationNotices.Send(NoticeLevel.Debug, $"Whether {place.Target} may be purged is not known before: {unread.Message}");
            return;
        }

        // Each entry is that of an assignment: what one does not give another may.
        if (permissions.Exists(static permission => Has(permission, "actions") && !Has(permission, "notActions")))
            return;
        throw new DsrException(AzureFaults.PermissionMissing(place.Target, "purge", PurgeClient.Role, place.Scope, PurgeClient.Action));
    }

    private static bool Has(JsonElement permission, string list) =>
        permission.Prop(list).Items().Any(static pattern => pattern.ValueKind is JsonValueKind.String && Matches(pattern.GetString()!));

    /// <summary>A star stands for any text, slashes included.</summary>
    private static bool Matches(string pattern) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
            pattern.Replace("?", "", StringComparison.Ordinal),
            PurgeClient.Action
        );
}
