using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>What a request must pass before the blob service sees it: the account, the token, the right.</summary>
internal sealed class BlobGate(
    BlobStore blobs, BlobService service, WorldNames names, Tenant tenant, TokenIssuer tokens, AccessRules access)
{
    private const string CopySource = "x-ms-copy-source";

    public Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        var account = HostDirectory.AccountOf(context.Request.Host.Host);
        if (!blobs.TryGetAccount(account, out _))
        {
            // A real account that does not exist has no address: its name does not resolve.
            return Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no storage account '{account}' in this sandbox.");
        }

        var verdict = tokens.Check(context.Request.Headers.Authorization, Audiences.Blob(account));
        if (verdict != TokenVerdict.Valid)
        {
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization_uri=https://{LoginService.Host}/{tenant.TenantId}/oauth2/authorize "
                + "resource_id=https://storage.azure.com";
            var code = verdict == TokenVerdict.Missing ? "NoAuthenticationInformation" : "InvalidAuthenticationInfo";
            return Reply.StorageErrorAsync(context, 401, code, $"Server failed to authenticate the request: {verdict}.");
        }

        if (!MayRun(context.Request, account, target))
        {
            return Reply.StorageErrorAsync(
                context,
                403,
                "AuthorizationPermissionMismatch",
                "This request is not authorized to perform this operation using this permission.");
        }

        return IsCopySourceReadable(context, account)
            ? service.HandleAsync(context, account)
            : Reply.StorageErrorAsync(
                context, 401, "CannotVerifyCopySource", "Server failed to authenticate the request to the copy source.");
    }

    private bool MayRun(HttpRequest request, string account, RequestTarget? target) =>
        !access.DeniesBlob(account, ContainerOf(target))
        && (target is null || BlobActions.Of(request, target).All(group => MayAny(group, account, target)));

    private bool MayAny(AzureAction[] actions, string account, RequestTarget? target) =>
        actions.Any(action => access.Grants(action, ScopeOf(account, ContainerOf(target))));

    private string ScopeOf(string account, string container) =>
        names.StorageId(account) + (container.Length == 0 ? "" : $"/blobServices/default/containers/{container}");

    private static string ContainerOf(RequestTarget? target) => target?.Segments is [var container, ..] ? container : "";

    /// <summary>
    /// Copy Blob within an account reads its source with the caller's own authority. The operations "from URL", and any copy from
    /// another account, need authority for the source in a header of their own.
    /// </summary>
    private bool IsCopySourceReadable(HttpContext context, string account)
    {
        var headers = context.Request.Headers;
        if (!Uri.TryCreate(headers[CopySource], UriKind.Absolute, out var source))
        {
            return true;
        }

        var target = RequestTarget.TryParse(source.PathAndQuery, out var parsed) ? parsed : null;
        if (!source.Host.EndsWith(HostDirectory.BlobSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var sourceAccount = HostDirectory.AccountOf(source.Host);
        if (access.DeniesBlob(sourceAccount, ContainerOf(target)) || !MayAny(BlobActions.Data("read"), sourceAccount, target))
        {
            return false;
        }

        var isCopyBlob = !context.Request.Query.ContainsKey("comp") && !headers.ContainsKey("x-ms-blob-type");
        return (isCopyBlob && sourceAccount == account)
            || tokens.Check(headers["x-ms-copy-source-authorization"], Audiences.Blob(sourceAccount)) == TokenVerdict.Valid;
    }
}
