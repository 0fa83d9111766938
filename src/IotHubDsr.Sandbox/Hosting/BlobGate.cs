using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Authorization;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;
using IotHubDsr.Sandbox.World;
using BlobTarget = IotHubDsr.Sandbox.Storage.Rest.RequestTarget;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>
/// What a request must pass before the blob service sees it: the account; the token, or a signature with a key of the account or with a
/// delegated one; the right.
/// </summary>
internal sealed class BlobGate(
    BlobStore blobs,
    BlobService service,
    WorldNames names,
    Tenant tenant,
    TokenIssuer tokens,
    AccessRules access,
    TimeProvider real
)
{
    private const string CopySource = "x-ms-copy-source";

    public async Task HandleAsync(HttpContext context, RequestTarget? target)
    {
        string name = HostDirectory.AccountOf(context.Request.Host.Host);
        if (!blobs.TryGetAccount(name, out BlobAccount? account))
        {
            // A real account that does not exist has no address: its name does not resolve.
            await Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no storage account '{name}' in this sandbox.");
            return;
        }

        try
        {
            var addressed = BlobTarget.Parse(RequestTarget.RawOf(context));
            BlobCaller caller = Authorize(context, target, addressed, account);
            if (!IsCopySourceReadable(context, account.Name, caller))
                throw Unverifiable();

            if (IsForDelegationKey(context.Request, addressed))
            {
                await IssueDelegationKeyAsync(context, caller);
                return;
            }
        }
        catch (StorageException refusal)
        {
            await service.RefuseAsync(context, refusal);
            return;
        }

        await service.HandleAsync(context, account.Name);
    }

    private static StorageException Unverifiable() =>
        new(new StorageError(401, "CannotVerifyCopySource", "Server failed to authenticate the request to the copy source."));

    private BlobCaller Authorize(HttpContext context, RequestTarget? requested, BlobTarget target, BlobAccount account)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(SharedKey.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            SharedKey.Require(context.Request, RequestTarget.RawOf(context), account, real.GetUtcNow());
            return BlobCaller.KeyHolder;
        }

        if (authorization.Length == 0 && SharedAccessSignature.IsIn(target))
        {
            var signature = new SharedAccessSignature(target, account, real.GetUtcNow());
            signature.Require(SignedOperation.Of(context.Request, target, account));
            if (signature.IsDelegated)
                RequireRight(context.Request, account.Name, requested);

            Override(context, signature);
            return BlobCaller.SignatureHolder;
        }

        if (authorization.StartsWith("SharedKeyLite ", StringComparison.OrdinalIgnoreCase))
            throw StorageErrors.NotSimulated("the scheme SharedKeyLite");

        if (authorization.Length > 0 && !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            throw new StorageException(AuthorizationErrors.Malformed);

        StorageToken.Require(context, tokens, Audiences.Blob(account.Name), tenant);
        RequireRight(context.Request, account.Name, requested);
        return BlobCaller.SignedIn;
    }

    private void RequireRight(HttpRequest request, string account, RequestTarget? target)
    {
        if (!MayRun(request, account, target))
            throw new StorageException(AuthorizationErrors.PermissionMismatch);
    }

    private static void Override(HttpContext context, SharedAccessSignature signature)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return;

        context.Response.OnStarting(() =>
        {
            foreach (
                (string? header, string? value) in signature.Overrides.Where(pair =>
                    pair.Value.Length > 0 && context.Response.StatusCode < 300
                )
            )
            {
                context.Response.Headers[header] = value;
            }

            return Task.CompletedTask;
        });
    }

    private static bool IsForDelegationKey(HttpRequest request, BlobTarget target) =>
        HttpMethods.IsPost(request.Method) && target.Container is null && target.Query.GetValueOrDefault("comp") == "userdelegationkey";

    private async Task IssueDelegationKeyAsync(HttpContext context, BlobCaller caller)
    {
        if (caller != BlobCaller.SignedIn)
            throw AuthorizationErrors.Unauthenticated("Only authentication scheme Bearer is supported");

        BlobContent body = await RequestBody.ReadAsync(context);
        string version = context.Request.Headers["x-ms-version"].ToString();
        StorageResponse key = UserDelegationKey.Issue(body, tenant.ClientId, tenant.TenantId, version, real.GetUtcNow());
        await service.AnswerAsync(context, key);
    }

    private bool MayRun(HttpRequest request, string account, RequestTarget? target) =>
        !access.DeniesBlob(account, ContainerOf(target))
        && (target is null || BlobActions.Of(request, target).All(group => MayAny(group, account, target)));

    private bool MayRead(string account, RequestTarget? target) =>
        !access.DeniesBlob(account, ContainerOf(target)) && MayAny(BlobActions.Data("read"), account, target);

    private bool MayAny(AzureAction[] actions, string account, RequestTarget? target) =>
        actions.Any(action => access.Grants(action, ScopeOf(account, ContainerOf(target))));

    private string ScopeOf(string account, string container) =>
        names.StorageId(account) + (container.Length == 0 ? "" : $"/blobServices/default/containers/{container}");

    private static string ContainerOf(RequestTarget? target) => target?.Segments is [var container, ..] ? container : "";

    /// <summary>
    /// Copy Blob within an account reads its source with the caller's own authority, unless that is a signature for the target. The
    /// operations "from URL", and any copy from another account, need authority for the source in a header or a signature of their own.
    /// </summary>
    private bool IsCopySourceReadable(HttpContext context, string account, BlobCaller caller)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (!Uri.TryCreate(headers[CopySource], UriKind.Absolute, out Uri? source))
            return true;

        if (!source.Host.EndsWith(HostDirectory.BlobSuffix, StringComparison.OrdinalIgnoreCase))
            return false;

        var target = BlobTarget.Parse(headers[CopySource].ToString());
        RequestTarget? requested = RequestTarget.TryParse(source.PathAndQuery, out RequestTarget? parsed) ? parsed : null;
        string sourceAccount = HostDirectory.AccountOf(source.Host);
        if (SharedAccessSignature.IsIn(target))
            return IsSigned(target, requested, sourceAccount);

        bool isCopyBlob = !context.Request.Query.ContainsKey("comp") && !headers.ContainsKey("x-ms-blob-type");
        if (isCopyBlob && sourceAccount == account && caller == BlobCaller.KeyHolder)
            return true;

        return MayRead(sourceAccount, requested)
            && (
                (isCopyBlob && sourceAccount == account && caller == BlobCaller.SignedIn)
                || tokens.Check(headers["x-ms-copy-source-authorization"], Audiences.Blob(sourceAccount)) == TokenVerdict.Valid
            );
    }

    private bool IsSigned(BlobTarget source, RequestTarget? requested, string accountName)
    {
        try
        {
            if (!blobs.TryGetAccount(accountName, out BlobAccount? account))
                return false;

            var signature = new SharedAccessSignature(source, account, real.GetUtcNow());
            signature.Require(SignedOperation.Read);
            return !signature.IsDelegated || MayRead(accountName, requested);
        }
        catch (StorageException)
        {
            return false;
        }
    }

    /// <summary>How the caller has proved what it may do.</summary>
    private enum BlobCaller
    {
        SignedIn,
        KeyHolder,
        SignatureHolder,
    }
}
