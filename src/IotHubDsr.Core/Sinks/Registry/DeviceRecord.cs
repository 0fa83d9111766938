using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>Everything that the registry holds of a device.</summary>
/// <param name="Identity">The device's identity.</param>
/// <param name="Twin">Its twin; null on a tier without twins.</param>
/// <param name="Modules">Its modules.</param>
internal sealed record DeviceRecord(DeviceIdentity Identity, Twin? Twin, IReadOnlyList<ModuleRecord> Modules)
{
    private const int MaxAttempts = 3;

    /// <summary>The documents, with the ETags that were seen.</summary>
    public IReadOnlyList<SeenItem> Items =>
        [
            new SeenItem(PathOf(Identity.DeviceId), Identity.ETag, 1, Identity.Bytes),
            .. Twin is null ? Array.Empty<SeenItem>() : [new SeenItem($"twins/{Identity.DeviceId}", Twin.ETag, 1, Twin.Bytes)],
            .. Modules.SelectMany(ItemsOf),
        ];

    /// <summary>The record in words.</summary>
    public string Description
    {
        get
        {
            string device = Twin is null ? "Identity" : "Identity, twin";
            return Modules.Count switch
            {
                0 => $"{device}.",
                1 => $"{device}, 1 module ({Modules[0].Identity.ModuleId}).",
                _ => $"{device}, {Modules.Count} modules ({string.Join(", ", Modules.Select(static module => module.Identity.ModuleId))}).",
            };
        }
    }

    /// <summary>The name of a device's identity among the items of a finding.</summary>
    public static string PathOf(string deviceId) => $"devices/{deviceId}";

    /// <summary>Reads a device; null when the hub says that it is not there.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="readFirst">Reads its identity; when what belongs to it is gone, it is asked for anew.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<DeviceRecord?> ReadAsync(
        HubClient hub,
        string deviceId,
        Func<Task<DeviceIdentity?>> readFirst,
        CancellationToken cancellationToken
    )
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            DeviceIdentity? identity = attempt == 0 ? await readFirst() : await hub.GetIdentityAsync(deviceId, cancellationToken);
            if (identity is null)
                return null;
            if (await ReadRestAsync(hub, identity, cancellationToken) is { } record)
                return record;
        }

        string missing = $"the twin and the modules of the device '{deviceId}', whose identity is there";
        throw new DsrException(HubFaults.Incomplete(missing, hub.HostName));
    }

    /// <summary>Null when a part was gone before it could be read: the device or a module is being deleted.</summary>
    private static async Task<DeviceRecord?> ReadRestAsync(HubClient hub, DeviceIdentity identity, CancellationToken cancellationToken)
    {
        Task<Twin?> twinTask = hub.SupportsTwins ? hub.GetTwinAsync(identity.DeviceId, cancellationToken) : Task.FromResult<Twin?>(null);
        Task<IReadOnlyList<ModuleIdentity>?> modulesTask = hub.ListModulesAsync(identity.DeviceId, cancellationToken);
        await Task.WhenAll(twinTask, modulesTask);
        Twin? twin = await twinTask;
        if ((hub.SupportsTwins && twin is null) || await modulesTask is not { } modules)
            return null;

        var records = new List<ModuleRecord>(modules.Count);
        foreach (ModuleIdentity module in modules)
        {
            Twin? moduleTwin = null;
            if (hub.SupportsTwins)
            {
                moduleTwin = await hub.GetModuleTwinAsync(identity.DeviceId, module.ModuleId, cancellationToken);
                if (moduleTwin is null)
                    return null;
            }

            records.Add(new ModuleRecord(module, moduleTwin));
        }

        return new DeviceRecord(identity, twin, records);
    }

    private IEnumerable<SeenItem> ItemsOf(ModuleRecord module)
    {
        string path = $"{Identity.DeviceId}/modules/{module.Identity.ModuleId}";
        yield return new SeenItem($"devices/{path}", module.Identity.ETag, 1, module.Identity.Bytes);
        if (module.Twin is { } twin)
            yield return new SeenItem($"twins/{path}", twin.ETag, 1, twin.Bytes);
    }
}

/// <summary>Everything that the registry holds of a module.</summary>
/// <param name="Identity">The module's identity.</param>
/// <param name="Twin">Its twin; null on a tier without twins.</param>
internal sealed record ModuleRecord(ModuleIdentity Identity, Twin? Twin);
