using IotHubDsr.Sandbox.Arm;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Rest;
using IotHubDsr.Sandbox.DataExplorer.Rest;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Logs.Rest;
using IotHubDsr.Sandbox.Provisioning;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>An injected error in the shape in which each service writes its own.</summary>
internal static class ServiceErrors
{
    private const string Text = "An injected fault of the sandbox.";

    public static Task WriteAsync(HttpContext context, AzureService service, int status, DateTimeOffset now) =>
        service switch
        {
            AzureService.Hub => HubReply.Refused(HubCode(status), status, HubText(status), now).WriteAsync(context),
            AzureService.Arm => ArmErrors.WriteAsync(context, status, status == 429 ? "TooManyRequests" : "ServiceUnavailable", Text),
            AzureService.Blob => Reply.StorageErrorAsync(context, status, BlobCode(status), Text),
            AzureService.Queue => Reply.StorageErrorAsync(context, status, QueueCode(status), Text, "Windows-Azure-Queue/1.0"),
            AzureService.Cosmos => CosmosService.RefuseAsync(context, CosmosError(status)),
            AzureService.Provisioning => ProvisioningRefusal.OfStatus(status, Text).WriteAsync(context, now),
            AzureService.Logs when status < 300 => LogService.SucceedEmptyAsync(context, status),
            AzureService.Logs => LogService.RefuseAsync(context, LogErrors.OfStatus(status, Text)),
            AzureService.Explorer => ExplorerService.RefuseAsync(context, ExplorerErrors.OfStatus(status, Text)),
            AzureService.Login => LoginService.ErrorAsync(context, status, "temporarily_unavailable", 90033, Text),
            _ => Reply.TextAsync(context, status, Text),
        };

    private static HubError HubCode(int status) =>
        status switch
        {
            400 => HubError.InvalidOperation,
            401 => HubError.IotHubUnauthorizedAccess,
            404 => HubError.DeviceNotFound,
            412 => HubError.PreconditionFailed,
            429 => HubError.ThrottlingException,
            503 => HubError.ServiceUnavailable,
            _ => HubError.ServerError,
        };

    private static string HubText(int status) =>
        status == 429 ? "The request has been throttled. Wait 1 seconds and try again. Operation type: CRUD" : Text;

    private static string QueueCode(int status) =>
        status switch
        {
            403 => "AuthorizationPermissionMismatch",
            404 => "MessageNotFound",
            429 or 503 => "ServerBusy",
            _ => "InternalError",
        };

    private static CosmosException CosmosError(int status) =>
        status switch
        {
            401 => new(status, "Unauthorized", Text),
            403 => new(status, "Forbidden", Text),
            404 => CosmosErrors.NotFound,
            410 => CosmosErrors.RangeGone,
            412 => CosmosErrors.PreconditionFailed,
            429 => new(status, "429", "The request rate is large. More Request Units may be needed, so no changes were made.", 3200),
            449 => new(status, "449", "Conflicting request to resource has been attempted. Retry to avoid conflicts."),
            503 => new(status, "ServiceUnavailable", Text),
            _ => new(status, "InternalServerError", Text),
        };

    private static string BlobCode(int status) =>
        status switch
        {
            403 => "AuthorizationPermissionMismatch",
            404 => "BlobNotFound",
            409 => "LeaseIdMissing",
            412 => "ConditionNotMet",
            429 or 503 => "ServerBusy",
            _ => "InternalError",
        };
}
