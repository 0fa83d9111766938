#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    $script:manifest = Join-Path $PSScriptRoot '../../IotHubDsr.psd1'
    Import-Module $manifest -Force
}

Describe 'A request on the sandbox' {
    BeforeEach {
        $script:sandbox = Start-IotHubSandbox
        $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive ([guid]::NewGuid()))
    }

    AfterEach {
        Stop-IotHubSandbox $sandbox
    }

    Context 'Get-IotDataLocation' {
        It 'lists every part of the configuration that receives device data' {
            $places = (Get-IotDataLocation).Place
            foreach ($place in 'contosorouted/raw-json', 'contosoarchive/cold-archive', 'contoso-events/analytics', 'quantum-1', 'contoso-hub/events') {
                $places | Should -Contain $place
            }
        }

        It 'says of each location that is not read what somebody has to do' {
            $unread = Get-IotDataLocation | Where-Object { "$($_.Capabilities)" -eq 'None' }
            $unread | Should -Not -BeNullOrEmpty
            $unread | Where-Object { -not $_.Advice } | Should -BeNullOrEmpty
            $unread | Where-Object { "$($_.Verdict)" -eq 'Absent' } | Should -BeNullOrEmpty
        }
    }

    Context 'Get-IotDeviceDataFootprint' {
        It 'finds a device in the registry and in the routed archive' {
            $found = Get-IotDeviceDataFootprint -DeviceId 'dev1' | Where-Object { "$($_.Verdict)" -eq 'Present' }
            $found.Kind | Should -Contain 'DeviceRegistry'
            @($found | Where-Object Kind -EQ 'RoutedBlobContainer').Count | Should -Be 5
        }

        It 'takes devices that differ by case as two' {
            $object = [pscustomobject]@{ DeviceId = 'dev1', 'Dev1' }
            foreach ($found in ('dev1', 'Dev1' | Get-IotDeviceDataFootprint), (Get-IotDeviceDataFootprint 'dev1', 'Dev1'), ($object | Get-IotDeviceDataFootprint)) {
                $ids = $found | Where-Object Kind -EQ 'DeviceRegistry' | ForEach-Object DeviceId
                $ids | Sort-Object -CaseSensitive -Unique | Should -HaveCount 2
            }
        }

        It 'takes objects with a DeviceId or an Id from the pipeline' {
            $objects = [pscustomobject]@{ DeviceId = 'dev1' }, [pscustomobject]@{ Id = 'dev2' }
            $ids = $objects | Get-IotDeviceDataFootprint | Where-Object Kind -EQ 'DeviceRegistry' | ForEach-Object DeviceId
            $ids | Sort-Object | Should -Be 'dev1', 'dev2'
        }

        It 'finds the devices of a person and warns that queries lag' {
            $ids = Get-IotDeviceDataFootprint -Query "tags.owner = 'ana.lopez'" -WarningVariable warnings -WarningAction SilentlyContinue |
                Where-Object Kind -EQ 'DeviceRegistry' | ForEach-Object DeviceId
            $ids | Should -Contain 'dev10'
            $ids -ccontains 'Dev1' | Should -BeFalse
            @($warnings) | Should -HaveCount 1
            "$warnings" | Should -Match '30 minutes'
        }

        It 'reports an unknown device and goes on with the others' {
            $found = 'ghost', 'dev1' | Get-IotDeviceDataFootprint -ErrorVariable errors -ErrorAction SilentlyContinue
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'DeviceNotFound,*'
            $errors[0].TargetObject | Should -Be 'ghost'
            $found | Where-Object { $_.DeviceId -eq 'dev1' -and "$($_.Verdict)" -eq 'Present' } | Should -Not -BeNullOrEmpty
        }

        It 'works in parallel runspaces with a context' {
            $ids = 'dev1', "it's", '100%' | ForEach-Object -Parallel {
                Import-Module $using:manifest
                Get-IotDeviceDataFootprint $_ -Context $using:context
            } -ThrottleLimit 2 | Where-Object Kind -EQ 'DeviceRegistry' | ForEach-Object DeviceId
            $ids | Sort-Object -CaseSensitive | Should -Be ('dev1', "it's", '100%' | Sort-Object -CaseSensitive)
        }

        It 'ends its work when Select-Object -First has what it wants' {
            Get-IotDeviceDataFootprint 'dev1' | Select-Object -First 1 | Should -HaveCount 1
            Get-IotDeviceDataFootprint 'dev1' | Should -Not -BeNullOrEmpty
        }
    }

    Context 'Export-IotDeviceData' {
        It 'writes a package whose manifest holds' {
            $path = Join-Path $TestDrive 'package'
            Export-IotDeviceData 'dev1' -Path $path | Should -Not -BeNullOrEmpty
            foreach ($manifest in 'manifest-sha256.txt', 'tagmanifest-sha256.txt') {
                $lines = Get-Content (Join-Path $path $manifest)
                $lines | Should -Not -BeNullOrEmpty
                foreach ($line in $lines) {
                    $digest, $name = $line -split '  ', 2
                    (Get-FileHash -LiteralPath (Join-Path $path $name) -Algorithm SHA256).Hash | Should -Be $digest
                }
            }
        }

        It 'refuses a path that exists' {
            $path = Join-Path $TestDrive 'taken'
            Set-Content $path 'mine'
            { Export-IotDeviceData 'dev1' -Path $path } | Should -Throw -ErrorId 'ExportPathExists,*'
            Get-Content $path | Should -Be 'mine'
        }

        It 'writes nothing with -WhatIf' {
            $path = Join-Path $TestDrive 'whatif'
            Export-IotDeviceData 'dev1' -Path $path -WhatIf
            Export-IotDeviceData 'dev1' -Path $path -AsZip -WhatIf
            Test-Path "$path*" | Should -BeFalse
        }
    }

    Context 'Remove-IotDeviceData' {
        It 'erases nothing with -WhatIf, also with -Force' {
            $before = Get-IotDeviceDataFootprint 'dev1' | ForEach-Object { "$_" }
            Remove-IotDeviceData 'dev1' -WhatIf -Force | Should -BeNullOrEmpty
            Get-IotDeviceDataFootprint 'dev1' | ForEach-Object { "$_" } | Sort-Object | Should -Be ($before | Sort-Object)
        }

        It 'erases a device and leaves its look-alikes alone' {
            $current = { "$($_.DeviceId) $($_.Place): $($_.Records - $_.OldCopyRecords)" }
            $before = 'Dev1', 'dev10' | Get-IotDeviceDataFootprint | ForEach-Object $current | Sort-Object
            $receipts = Remove-IotDeviceData 'dev1' -Force
            ($receipts | Where-Object Kind -EQ 'DeviceRegistry').Verdict | Should -Be 'Erased'
            'Dev1', 'dev10' | Get-IotDeviceDataFootprint | ForEach-Object $current | Sort-Object | Should -Be $before
        }

        It 'takes what an export gives' {
            $path = Join-Path $TestDrive 'first'
            $receipts = 'th-001', 'th-002' | Export-IotDeviceData -Path $path | Remove-IotDeviceData -Force
            $receipts.DeviceId | Sort-Object -Unique | Should -Be 'th-001', 'th-002'
            Test-Path $path | Should -BeTrue
        }
    }

    Context 'Requests' {
        It 'registers a request and says when it is due' {
            $request = 'th-001', 'th-002', 'th-001' | New-IotDataRequest -ReceivedAt '2026-01-31T09:30:00+01:00' -IdentityEvidence 'Passport seen'
            $request.Devices, $request.IdentityEvidence | Should -Be 2, 'Passport seen'
            $request.DueAt | Should -Be ([DateTimeOffset]'2026-02-28T09:30:00+01:00')
            (Get-IotDataRequest $request.RequestId).Status | Should -Be 'Received'
        }

        It 'erases for a request and certifies the outcome' {
            $request = New-IotDataRequest 'th-001'
            $receipts = $request | Remove-IotDeviceData -Force | Test-IotDeviceDataErasure
            $receipts.RequestId | Sort-Object -Unique | Should -Be $request.RequestId
            $checks = (Get-IotDataRequest $request.RequestId).Certificates | Test-IotErasureCertificate
            $checks | Should -HaveCount 2
            $checks | Where-Object { -not $_.IsValid } | Should -BeNullOrEmpty
        }

        It 'gives what is due and goes on with it' {
            Remove-IotDeviceData 'th-001' -Force | Out-Null
            Get-IotDataRequest -Due | Resume-IotDataRequest -Force | Should -Not -BeNullOrEmpty
            (Get-IotDataRequest).Certificates | Should -HaveCount 2
        }
    }
}
