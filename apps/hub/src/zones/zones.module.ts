import { Module } from '@nestjs/common';
import { AppealEffectsModule } from '../appeals/appeal-effects.module.js';
import { AccessListController } from './access-list.controller.js';
import { AccessListService } from './access-list.service.js';
import { ZonesController } from './zones.controller.js';
import { ZonesService } from './zones.service.js';

@Module({
  imports: [AppealEffectsModule],
  controllers: [AccessListController, ZonesController],
  providers: [AccessListService, ZonesService],
})
export class ZonesModule {}
