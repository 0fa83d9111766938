using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Authorization;
using IotHubDsr.Sandbox.Storage.Queues;
using IotHubDsr.Sandbox.Storage.Rest;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>What a request must pass before the queue service sees it: the account; the token or the signature; the right.</summary>
internal sealed class QueueGate(
    BlobStore store,
    QueueService service,
    WorldNames names,
    Tenant tenant,
    TokenIssuer tokens,
    AccessRules access,
    TimeProvider real
)
{
    public async Task HandleAsync(HttpContext context, RequestTarget? requested)
    {
        string name = HostDirectory.QueueAccountOf(context.Request.Host.Host);
        if (!store.TryGetAccount(name, out BlobAccount? account))
        {
            // A real account that does not exist has no address: its name does not resolve.
            await Reply.TextAsync(context, StatusCodes.Status404NotFound, $"There is no storage account '{name}' in this sandbox.");
            return;
        }

        QueueTarget target;
        try
        {
            if (requested is null)
                throw new StorageException(StorageErrors.InvalidUri);

            target = QueueTarget.Parse(requested.Raw);
            Authorize(context, target, account);
        }
        catch (StorageException refusal)
        {
            await service.RefuseAsync(context, refusal);
            return;
        }

        await service.HandleAsync(context, account, target);
    }

    private void Authorize(HttpContext context, QueueTarget target, BlobAccount account)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(SharedKey.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            SharedKey.Require(context.Request, RequestTarget.RawOf(context), account, real.GetUtcNow());
            return;
        }

        if (authorization.Length == 0 && SharedAccessSignature.IsIn(target.Signed))
        {
            var signature = new SharedAccessSignature(target.Signed, account, real.GetUtcNow(), SignedService.Queue);
            signature.Require(QueueActions.Signed(context.Request.Method, target));
            return;
        }

        if (authorization.StartsWith("SharedKeyLite ", StringComparison.OrdinalIgnoreCase))
            throw StorageErrors.NotSimulated("the scheme SharedKeyLite");

        if (authorization.Length > 0 && !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            throw new StorageException(AuthorizationErrors.Malformed);

        StorageToken.Require(context, tokens, Audiences.Queue(account.Name), tenant);
        string queue = target.Queue ?? "";
        string scope = names.StorageId(account.Name) + (queue.Length == 0 ? "" : $"/queueServices/default/queues/{queue}");
        bool mayRun =
            !access.DeniesQueue(account.Name, queue)
            && QueueActions.Of(context.Request.Method, target).Any(action => access.Grants(action, scope));
        if (!mayRun)
            throw new StorageException(AuthorizationErrors.PermissionMismatch);
    }
}
