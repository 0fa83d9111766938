using System.Globalization;
using IotHubDsr.Sandbox.Arm;
using IotHubDsr.Sandbox.Control;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.DataExplorer.Rest;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Logs.Rest;
using IotHubDsr.Sandbox.Provisioning;
using Microsoft.Extensions.Primitives;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>The simulated services, behind one port.</summary>
internal sealed record SandboxServices(
    LoginService Login,
    ManagedIdentityService Identity,
    ArmService Arm,
    HubService Hub,
    BlobGate Blob,
    QueueGate Queue,
    CosmosService Cosmos,
    ProvisioningService Provisioning,
    LogService Logs,
    ExplorerService Explorer,
    ControlService Control
);

/// <summary>Sends each request to the service that its host name stands for; logs it, and lets faults happen to it.</summary>
internal sealed class RequestDispatcher(SandboxServices services, HubEvents events, RequestLog log, FaultRules faults, SandboxClock clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        string host = context.Request.Host.Host;
        string raw = RequestTarget.RawOf(context);
        AzureService service = HostDirectory.ServiceOf(host, raw);
        if (!context.Request.IsHttps && service != AzureService.Identity)
        {
            await Reply.TextAsync(context, StatusCodes.Status403Forbidden, "All but the managed identity endpoint takes TLS.");
            return;
        }

        if (service == AzureService.Control)
        {
            events.WriteDue();
            await services.Control.HandleAsync(context, raw);
            return;
        }

        RequestLog.Entry entry = log.Begin(service, context, raw);
        await entry.InterludeAsync();
        events.WriteDue();
        FaultRule? fault = faults.Take(service, host, context.Request.Method, raw);
        var bodies = new MeteredBodies(context, fault);
        context.Response.OnStarting(() =>
        {
            // After a reset the server still goes through the motions of a response that nobody receives.
            if (!bodies.IsReset)
                entry.Responded(context.Response.StatusCode, context.Features.Get<MutatingCommand>() is not null);

            return Task.CompletedTask;
        });
        AddHeaders(context);
        try
        {
            await RunAsync(context, service, raw, fault, bodies);
        }
        catch (ConnectionResetException)
        {
            // Whether it got here or a service caught it on the way: the connection is broken below.
        }
        finally
        {
            entry.Completed(bodies.BytesIn, bodies.BytesOut);
        }

        if (bodies.IsReset)
            Break(context);
    }

    private static void Break(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            // Aborting would take back what has been sent; an exception closes the connection behind it.
            throw new ConnectionResetException();
        }

        context.Abort();
    }

    private void AddHeaders(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        if (context.Request.Headers.TryGetValue("x-ms-client-request-id", out StringValues id))
            headers["x-ms-client-request-id"] = id;
    }

    private async Task RunAsync(HttpContext context, AzureService service, string raw, FaultRule? fault, MeteredBodies bodies)
    {
        if (fault is { LatencyMilliseconds: > 0 })
            await Task.Delay(fault.LatencyMilliseconds, context.RequestAborted);

        if (fault is { Reset: true })
            bodies.Reset();

        if (fault?.Status is { } status)
        {
            AddRetryAfter(context, service, fault);
            await ServiceErrors.WriteAsync(context, service, status, clock.GetUtcNow());
            return;
        }

        context.Features.Set(fault);
        await ServeAsync(context, service, RequestTarget.TryParse(raw, out RequestTarget? target) ? target : null);
    }

    /// <summary>Cosmos DB says how long to wait in a header of its own, and in no other.</summary>
    private static void AddRetryAfter(HttpContext context, AzureService service, FaultRule fault)
    {
        bool isCosmos = service == AzureService.Cosmos;
        if (!isCosmos && fault.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

        int? milliseconds = fault.RetryAfterMilliseconds ?? (fault.Status == StatusCodes.Status429TooManyRequests ? 10 : null);
        if (isCosmos && (fault.RetryAfterSeconds * 1000 ?? milliseconds) is { } wait)
            context.Response.Headers["x-ms-retry-after-ms"] = wait.ToString(CultureInfo.InvariantCulture);
    }

    private Task ServeAsync(HttpContext context, AzureService service, RequestTarget? target) =>
        service switch
        {
            AzureService.Hub => services.Hub.HandleAsync(context, target),
            AzureService.Arm => services.Arm.HandleAsync(context, target),
            AzureService.Blob => services.Blob.HandleAsync(context, target),
            AzureService.Queue => services.Queue.HandleAsync(context, target),
            AzureService.Cosmos => services.Cosmos.HandleAsync(context, target),
            AzureService.Provisioning => services.Provisioning.HandleAsync(context, target),
            AzureService.Logs => services.Logs.HandleAsync(context, target),
            AzureService.Explorer => services.Explorer.HandleAsync(context, target),
            AzureService.Login when target is not null => services.Login.HandleAsync(context, target),
            AzureService.Identity when target is not null => services.Identity.HandleAsync(context, target),
            _ => Reply.TextAsync(
                context,
                StatusCodes.Status501NotImplemented,
                $"Not simulated by the sandbox: '{context.Request.Host.Host}{context.Request.Path}'."
            ),
        };
}
