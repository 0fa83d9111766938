#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . (Join-Path $PSScriptRoot 'Get-Failure.ps1')
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
    $script:sandbox = Start-IotHubSandbox
    $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests')
}

AfterAll {
    if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
    Stop-IotHubSandbox $sandbox
}

Describe 'A connection that fails' {
    It 'names the management endpoint when that cannot be reached' {
        $gone = Start-IotHubSandbox
        $lost = Connect-IotHubDsr -Sandbox $gone -RequestStore (Join-Path $TestDrive 'lost')
        Stop-IotHubSandbox $gone
        $failure = Get-Failure { Get-IotDataLocation -Context $lost }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
        "$failure" | Should -BeLike '*Azure Resource Manager (management.azure.com) failed:*'
        Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests') | Out-Null
    }

    It 'names the host of a hub that cannot be resolved, once' {
        $secret = ConvertTo-SecureString 'HostName=no-such-hub.invalid;SharedAccessKeyName=a;SharedAccessKey=YWJj' -AsPlainText -Force
        $failure = Get-Failure { Connect-IotHubDsr -ConnectionString $secret }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
        "$failure" | Should -BeLike '*no-such-hub.invalid*'
        $failure.ErrorDetails.Message.Length | Should -BeLessThan 250
    }
}

Describe 'A sandbox that does not start' {
    It 'says in one line that its port is taken' {
        $failure = Get-Failure { Start-IotHubSandbox -Port $sandbox.Port }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SandboxFailed,*'
        "$failure" | Should -BeLike "*port $($sandbox.Port) of 127.0.0.1 is in use*"
        "$failure" | Should -Not -Match 'Exception|   at '
    }

    It 'is waited for as long as -TimeoutSeconds says, with progress' {
        $parameter = (Get-Command Start-IotHubSandbox).Parameters['TimeoutSeconds']
        $parameter.ParameterType | Should -Be ([int])
        $shell = [powershell]::Create()
        try {
            $shell.AddScript("Import-Module '$(Join-Path $PSScriptRoot '../../IotHubDsr.psd1')'; Start-IotHubSandbox -TimeoutSeconds 1 -Scale 200").Invoke()
        } catch {
            $shell.Streams.Error.Add($_.Exception.InnerException.ErrorRecord)
        }
        "$($shell.Streams.Error)" | Should -BeLike '*not ready after 1 seconds*-TimeoutSeconds*'
        "$($shell.Streams.Progress | ForEach-Object StatusDescription)" | Should -BeLike '*of at most 1 second*'
        $shell.Dispose()
    }
}

Describe 'A rehearsal meets the throttle of one''s own hub' {
    It 'has the SKU and units that were asked for' {
        $small = Start-IotHubSandbox -Sku S1 -Units 2
        try {
            (Connect-IotHubDsr -Sandbox $small).Sku | Should -Be 'S1 x 2'
        } finally {
            Stop-IotHubSandbox $small
            Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests') | Out-Null
        }
    }
}

Describe 'What was mistyped is told with what is expected' {
    It 'says how to make a secure connection string of a plain one, and does not repeat it' {
        $failure = Get-Failure { Connect-IotHubDsr -ConnectionString 'HostName=h.azure-devices.net;SharedAccessKeyName=a;SharedAccessKey=c2VjcmV0' }
        "$failure" | Should -BeLike '*ConvertTo-SecureString*'
        "$failure" | Should -Not -BeLike '*c2VjcmV0*'
    }

    It 'says which form of a date is expected' {
        foreach ($command in { New-IotDataRequest 'th-001' -ReceivedAt 'yesterday' }, { Get-IotDeviceDataFootprint 'th-001' -StartTime '31.12.2026' },
            { Set-IotDataRequest 'x' -Hold -LocationId y -Ground z -ReviewAt 'soon' }) {
            "$(Get-Failure $command)" | Should -BeLike '*is not a date. Write it as 2026-12-31*'
        }
    }

    It 'refuses a hold for a location that does not exist' {
        $request = New-IotDataRequest 'th-020'
        $failure = Get-Failure { $request | Set-IotDataRequest -Hold -LocationId 'blob.nowhere' -Ground 'claim' -ReviewAt ([DateTime]::Now.AddYears(1)) -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'LocationNotInRequest,*'
        $request = $request | Set-IotDataRequest -Hold -LocationId (Get-IotDataLocation)[0].Id -Ground 'claim' -ReviewAt ([DateTime]::Now.AddYears(1))
        $request.Holds | Should -HaveCount 1
    }

    It 'refuses a hold whose review date is over' {
        $request = New-IotDataRequest 'th-021'
        $failure = Get-Failure { $request | Set-IotDataRequest -Hold -LocationId (Get-IotDataLocation)[0].Id -Ground 'claim' -ReviewAt '2020-01-01' -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ReviewInPast,*'
        (Get-IotDataRequest $request.RequestId).Holds | Should -BeNullOrEmpty
    }
}

Describe 'What is said fits' {
    It 'tells hubs of the same name by their resource IDs' {
        $other = [pscustomobject]@{ DeviceId = 'dev1'; HubHostName = $context.HubHostName; HubResourceId = '/subscriptions/other/hub' }
        $failure = Get-Failure { $other | Get-IotDeviceDataFootprint -ErrorAction Stop }
        "$failure" | Should -BeLike "*from /subscriptions/other/hub, but the connection is to $($context.ResourceId)*"
        "$failure" | Should -Not -BeLike "*$($context.HubHostName)*"
    }

    It 'says that -WhatIf finds nothing' {
        $transcript = Join-Path $TestDrive 'whatif.txt'
        Start-Transcript $transcript | Out-Null
        try {
            Remove-IotDeviceData 'ghost' -WhatIf -ErrorAction SilentlyContinue
        } finally {
            Stop-Transcript | Out-Null
        }
        $lines = Get-Content $transcript
        $lines | Where-Object { $_ -like 'What if: *no location holds data that can be erased*' } | Should -HaveCount 1
    }

    It 'names where a missing role has to be assigned, and the role as docs/permissions.md does' {
        $permissions = Get-Content (Join-Path $PSScriptRoot '../../docs/permissions.md') -Raw
        $subscription = ($context.ResourceId -split '/')[2]
        $call = @{
            Uri = [uri]::new($sandbox.ControlUri, 'access')
            Method = 'Post'
            ContentType = 'application/json'
            Headers = @{ 'x-sandbox-key' = $sandbox.ControlKey }
            SkipCertificateCheck = $true
        }
        $rules = [ordered]@{
            "arm:/subscriptions/$subscription/providers/Microsoft.Devices/provisioningServices" = 'Reader', "on the subscription $subscription"
            'blob:contosorouted' = 'Storage Blob Data Reader', '/storageAccounts/contosorouted'
            'hub:RegistryRead' = 'IoT Hub Data Reader', "on IoT hub $($context.HubHostName)"
        }
        try {
            foreach ($rule in $rules.GetEnumerator()) {
                Invoke-RestMethod @call -Body (@{ deny = @($rule.Key) } | ConvertTo-Json)
                Get-IotDeviceDataFootprint 'dev1' -ErrorVariable errors -ErrorAction SilentlyContinue | Out-Null
                $missing = $errors | Where-Object FullyQualifiedErrorId -Like 'PermissionMissing,*'
                $missing | Should -Not -BeNullOrEmpty -Because $rule.Key
                $role, $scope = $rule.Value
                $missing.ErrorDetails.RecommendedAction | Should -BeLike "*$role*$scope*"
                $permissions.Contains(("``{0}``" -f $role)) | Should -BeTrue -Because $role
            }
        } finally {
            Invoke-RestMethod @call -Body (@{ deny = @() } | ConvertTo-Json)
        }
    }

    It 'gives advice for a certificate in a container that can be followed' {
        Test-IotErasureCertificate 'https://a.blob.core.windows.net/requests/x/certificate-0001.json' -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'FileInContainer,*'
        $errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*Download it*Storage Blob Data Reader*'
        { Test-IotErasureCertificate $PSCommandPath -JournalPath 'https://a.blob.core.windows.net/requests/x/journal.jsonl' -ErrorAction Stop } |
            Should -Throw -ErrorId 'FileInContainer,*'
    }
}
